#!/bin/bash
# views: flakes, commits, metrics, packages, definitions of the example shoshin
. "$(dirname "$0")/lib"

top=$(cd "$(dirname "$0")/../.." && pwd)
cp -R "$top/mnt-examples/nixpkgs" "$top/mnt-examples/home-manager" \
	"$top/mnt-examples/shoshin" "$work/"
git -C "$work" init -q -b main .
printf '/mnt\n/repo\n' > "$work/.git/info/exclude"
git -C "$work" add nixpkgs home-manager shoshin
git -C "$work" -c user.name=t -c user.email=t@localhost commit -qm one
first=$(git -C "$work" rev-parse HEAD)
file=$work/shoshin/hosts/shoshin/nixos/hosts/shoshin/configuration.nix
sed -i 's/gaming.enable = false/gaming.enable = true/' "$file"
git -C "$work" -c user.name=t -c user.email=t@localhost commit -qam two
"$FLAKEFS" "$work/shoshin" "$mnt" || exit 1
cd "$mnt" || exit 1

is 'flakes' "$(ls flakes | grep -cv pattern)" 5
is 'description' "$(cat flakes/root/description)" \
	"$(sed -n 's/^ *description = "\(.*\)";/\1/p' "$work/shoshin/flake.nix" | head -1)"
is 'input url' "$(cat flakes/root/inputs/nixpkgs/url)" path:../nixpkgs
is 'input source' "$(readlink flakes/root/inputs/nixpkgs/source)" "$work/nixpkgs"
is 'input of an input' "$(cat flakes/root/inputs/home-manager-config/inputs/nixpkgs/follows)" nixpkgs
is 'output' "$(cat flakes/root/outputs/hardwareProfiles/shoshin/cpu/family)" skylake
is 'a flake below' "$(cat flakes/home-manager/outputs/hardwareProfiles/shoshin/cpu/family)" skylake
is 'inputs of a host' "$(readlink -f hosts/shoshin/inputs)" "$(readlink -f flakes/root/inputs)"

is 'now' "$(cat hosts/shoshin/options/profiles/gaming/enable)" true
is 'then' "$(cat commits/HEAD~1/hosts/shoshin/options/profiles/gaming/enable)" false
is 'by id' "$(cat "commits/$first/hosts/shoshin/options/profiles/gaming/enable")" false
is 'a branch is a link' "$(readlink commits/main)" "$(git -C "$work" rev-parse HEAD)"
errno 'no such revision' 'No such file' ls commits/nowhere
errno 'a revision is read-only' 'Read-only' \
	bash -c "echo false > commits/main/hosts/shoshin/toggles/profiles/gaming/enable"
git -C "$work" branch topic/x
is 'a new branch' "$(ls commits | grep topic)" 'topic%2Fx'

is 'metrics' "$(grep -c '^flakefs_host_up{host="[a-z]*"} 1$' metrics)" 3
is 'hardware in metrics' \
	"$(sed -n 's/^flakefs_hardware{host="shoshin",name="cpu.cores"} //p' metrics)" \
	"$(cat hosts/shoshin/hardware/cpu/cores)"
if command -v promtool > /dev/null; then
	promtool check metrics < metrics || fail 'promtool'
fi

is 'packages' "$(cat hosts/shoshin/packages/direnv/name)" \
	"$(cat hosts/shoshin/packages/direnv/pname)-$(cat hosts/shoshin/packages/direnv/version)"
[ -e hosts/shoshin/set/networking/hostName ] || [ -e hosts/shoshin/set/profiles ] ||
	fail 'set/ has nothing of the repository'
is 'where' "$(cat hosts/shoshin/options/profiles/gaming/.enable.where)" \
	"$file:$(grep -n 'gaming.enable' "$file" | cut -d: -f1):5"
sed -i 's/gaming.enable = true/gaming.enable = false/' "$file"
synced
is 'an edit of a clean tree' "$(cat hosts/shoshin/options/profiles/gaming/enable)" false
git -C "$work" checkout -q shoshin
synced
is 'its undoing' "$(cat hosts/shoshin/options/profiles/gaming/enable)" true
echo auto > hosts/shoshin/options/nix/settings/max-jobs ||
	fail 'a member of an option takes what its own type takes'
is 'a member written' "$(cat hosts/shoshin/options/nix/settings/max-jobs)" auto
d=hosts/shoshin/meta/profiles/gaming/enable/definitions
is 'a definition' "$(cat $d/0/value $d/0/state $d/0/priority | tr '\n' ' ')" 'true won 100 '
stop
finish
