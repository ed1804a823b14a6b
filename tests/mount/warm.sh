#!/bin/bash
# warm: workers that start with what the nursery has parsed see every change
. "$(dirname "$0")/lib"

mkdir -p "$repo/hosts"
cp -a "$nixpkgs" "$repo/nixpkgs"
for host in ares zeus hera; do
	module "hosts/$host.nix" <<- 'END'
	{ config, lib, ... }: { imports = [ ../common.nix ]; networking.hostName = "first"; }
	END
done
module common.nix <<- 'END'
{ networking.domain = "first.example"; }
END
commit_all
sleep 2.2 # what has just changed is not prepared
"$FLAKEFS" "$repo" "$mnt" || { fail "mounting: status $?"; exit 1; }
cd "$mnt/hosts" || exit 1

is 'a first host' "$(cat ares/options/networking/hostName)" first
sleep 0.5
is 'a second one' "$(cat zeus/options/networking/hostName)" first
is 'its error' "$(cat zeus/options/nowhere 2>&1 | grep -c 'No such')" 1

# A host's file, a module of several, a file of nixpkgs.
sed -i 's/first/second/' "$repo/hosts/zeus.nix"
synced
is "a host's file" "$(cat zeus/options/networking/hostName)" second
is 'the other host' "$(cat ares/options/networking/hostName)" first
sed -i 's/first/second/' "$repo/common.nix"
synced
for host in ares zeus hera; do
	is "a common file, $host" "$(cat $host/options/networking/domain)" second.example
done
echo '{ networking.domain = "third.example"; }' > "$repo/common.new"
mv "$repo/common.new" "$repo/common.nix"
synced
for host in ares zeus hera; do
	is "a replaced file, $host" "$(cat $host/options/networking/domain)" third.example
done
echo 'throw "broken on purpose"' > "$repo/nixpkgs/lib/modules.nix"
synced
cat hera/options/networking/hostName > "$work/out" 2>&1 && fail 'a broken nixpkgs: succeeded'
cp "$nixpkgs/lib/modules.nix" "$repo/nixpkgs/lib/modules.nix"
synced
is 'mended' "$(cat hera/options/networking/hostName)" first

stop
finish
