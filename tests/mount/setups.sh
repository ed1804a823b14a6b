#!/bin/bash
# setups: what somebody with one of the described set-ups wants to see, in mnt-examples
BOUND=240
. "$(dirname "$0")/lib"

top=$(cd "$(dirname "$0")/../.." && pwd)
rmdir "$repo"
cp -a "$top/mnt-examples" "$repo"
commit_all

# show FOLDER [option...]: mount a folder of the examples
show() {
	local folder=$1
	shift
	"$FLAKEFS" "$repo/$folder" "$mnt" "$@" || { fail "mounting $folder: status $?"; exit 1; }
}

# has WHAT FILE TEXT: the file has the text in it
has() {
	grep -qF -- "$3" "$2" 2> "$work/grep" || fail "$1: no '$3' in $2: $(tail -c 300 "$2" 2>&1)"
}

# same WHAT FILE FILE
same() {
	[ "$(cat "$2")" = "$(cat "$3")" ] || fail "$1: '$(cat "$2")' and '$(cat "$3")'"
}

names() {
	ls "$1" | tr '\n' ' '
}

# --- plain: no flake, and paths as they are typed

cd "$repo" || exit 1
"$FLAKEFS" plain "$mnt" -o nixpkgs=nixpkgs || fail 'mounting plain'
is 'relative paths' "$(cat "$mnt/hosts/atlas/options/networking/fqdn")" atlas.home.arpa
stop

# --- shoshin: hardware profiles that flakes share

show shoshin
cd "$mnt/hosts" || exit 1
is 'hosts' "$(names .)" 'gyakusatsu kinoite shoshin '
is 'max-jobs' "$(cat shoshin/options/nix/settings/max-jobs)" 2
is 'cpu family' "$(cat shoshin/hardware/cpu/family)" skylake
is 'the profile as an option' "$(cat kinoite/options/hardware/profile/cpu/cores)" 6
is 'all profiles' "$(names "$mnt/hardware")" 'gyakusatsu kinoite shoshin '
is 'homes' "$(names "$mnt/homes")" 'mitsio@gyakusatsu mitsio@kinoite mitsio@shoshin '

# The four tests of the notes: every flake shows its outputs without a network,
# the lock file has the input, the system has a plan, and a copy elsewhere works.
host=$mnt/flakes/hosts%2Fshoshin%2Fnixos
is 'the host flake' "$(names "$host/outputs/nixosConfigurations")" 'shoshin '
is 'its lock' "$(cat "$host/inputs/home-manager-config/type")" path
has 'its system' shoshin/options/system/build/toplevel/drvPath -nixos-system-shoshin-
plan=$(cat shoshin/options/system/build/toplevel/drvPath)
stop
cp -a "$repo" "$work/elsewhere"
rm -rf "$work/elsewhere/.git"
git -C "$work/elsewhere" init -q
git -C "$work/elsewhere" add -A
"$FLAKEFS" "$work/elsewhere/shoshin/hosts/shoshin/nixos" "$mnt" || fail 'mounting a copy'
is 'the plan of a copy' "$(cat "$mnt/hosts/shoshin/options/system/build/toplevel/drvPath")" "$plan"
stop

for pattern in 2-flake-inputs 3-separate-flake/nixos; do
	show "shoshin/patterns/$pattern"
	is "$pattern" "$(cat "$mnt/hosts/shoshin/options/nix/settings/max-jobs")" 2
	stop
done
for pattern in 1-absolute-import 4-symlink; do
	show "shoshin/patterns/$pattern"
	errno "$pattern" 'Input/output error' cat "$mnt/hosts/shoshin/options/nix/settings/max-jobs"
	error=$mnt/hosts/shoshin/.options.error
	has "$pattern" "$error" "access to absolute path '/home/mitsio/"
	has "$pattern" "$error" 'is forbidden in pure evaluation mode'
	has "$pattern, what to do" "$error" 'specialArgs'
	stop
done

# --- hybrid: home-manager inside NixOS and alone

show hybrid
cd "$mnt/hosts" || exit 1
is 'hosts' "$(names .)" 'hetzner-sway m1 '
is 'homes' "$(names "$mnt/homes")" 'code darwin vpittamp '
is 'osConfig' "$(cat m1/home/vpittamp/home/sessionVariables/SYSTEM_HOST)" nixos-m1
is 'no osConfig' "$(cat "$mnt/homes/vpittamp/options/home/sessionVariables/SYSTEM_HOST")" standalone
is 'the newer set' "$(cat m1/home/vpittamp/programs/neovim/package/version)" 0.12.0
is 'the set itself' "$(cat "$mnt/flakes/root/outputs/packages/x86_64-linux/default/version")" 2.12.2
has 'metadata' m1/options/environment/etc/nixos-metadata/text \
	"GIT_COMMIT=$(git -C "$repo" rev-parse HEAD)"
cp m1/options/environment/sessionVariables/.json "$work/variables"
stop
for variant in c-integrated d-flake-parts e-per-host; do
	show "hybrid/variants/$variant"
	same "$variant" "$work/variables" "$mnt/hosts/m1/options/environment/sessionVariables/.json"
	is "$variant" "$(cat "$mnt/hosts/m1/home/vpittamp/home/sessionVariables/SYSTEM_HOST")" nixos-m1
	stop
done
show hybrid/variants/circular-os-config
variables=$mnt/hosts/hetzner-sway/options/environment
errno 'the circle' 'Input/output error' cat "$variables/variables"
has 'the circle' "$variables/.variables.error" 'infinite recursion encountered'

has 'its chain' "$variables/.variables.error" 'while evaluating the option `environment.variables'
is 'beside it' "$(cat "$mnt/hosts/hetzner-sway/options/networking/hostName")" nixos-hetzner-sway
is 'the other host' "$(cat "$mnt/hosts/m1/options/environment/variables/EDITOR")" nano
stop

# --- fleet: a lock file of a host's own

show fleet
cd "$mnt/hosts" || exit 1
is 'hosts' "$(names .)" 'dobro imbp matcha nixahi orc plex zeeba '
is 'plex' "$(cat plex/options/system/nixos/tags)" next
is 'the others' "$(cat dobro/options/system/nixos/tags orc/options/system/nixos/tags | sort -u)" stable
cat */options/system/nixos/tags > "$work/before"
sed -i 's,releases/26.05,releases/25.11,' "$repo/fleet/hosts/plex/flake.lock"
synced
is 'plex, locked anew' "$(cat plex/options/system/nixos/tags)" stable
git -C "$repo" checkout -q .
synced
cat */options/system/nixos/tags | cmp -s - "$work/before" || fail 'not all as before'
stop
show fleet/attempts/1-host-flakes/hosts/plex
is 'attempt 1' "$(cat "$mnt/hosts/plex/options/services/openssh/enable")" true
stop
show fleet/attempts/2-aggregator/new
is 'attempt 2' "$(cat "$mnt/hosts/plex/options/services/openssh/enable")" true
is 'what it follows' "$(cat "$mnt/flakes/root/inputs/plex/inputs/nixpkgs/follows")" nixpkgs
stop
show fleet/attempts/3-absolute-paths
cat "$mnt/hosts/plex/options/services/openssh/enable" 2> "$work/err" && fail 'attempt 3 works'
has 'attempt 3' "$mnt/hosts/plex/.options.error" /home/jono/sync/configs/nixos/lib
stop

# --- guide: every output, secrets without their contents, pins

show guide
outputs=$mnt/flakes/root/outputs
is 'outputs' "$(names "$outputs")" 'apps checks darwinConfigurations devShells formatter homeConfigurations legacyPackages lib nixosConfigurations nixosModules overlays packages templates '
is 'a package' "$(cat "$outputs/packages/aarch64-linux/my-app/version")" 1.0.0
is 'a template' "$(cat "$outputs/templates/host/description")" 'A new host'
is 'the Mac' "$(cat "$mnt/darwin/my-mac/options/networking/hostName")" my-mac
is 'a home' "$(cat "$mnt/homes/user@hostname/options/home/sessionVariables/THEME")" dark
cd "$mnt/hosts/my-server" || exit 1
is 'sops' "$(names secrets)" 'db-password web%2Ftoken '
is 'its owner' "$(cat secrets/db-password/owner)" postgres
is 'agenix' "$(cat ../my-laptop/secrets/wifi/group)" networkmanager
grep -rlE 'ENC\[|age-encryption' "$mnt/hosts" > "$work/leaks" 2> "$work/err"
is 'secrets shown' "$(cat "$work/leaks")" ''
is 'an overlay that is applied' "$(cat packages/hello/version)" "$(cat ../my-laptop/packages/hello/version)"
[ "$(cat packages/hello/drvPath)" != "$(cat ../my-laptop/packages/hello/drvPath)" ] ||
	fail 'the overlay changes nothing'
stop
show guide/pinning
is 'a pin' "$(cat "$mnt/flakes/root/inputs/nixpkgs/rev")" 5555555555666666666677777777778888888888
is 'what follows' "$(cat "$mnt/flakes/root/inputs/home-manager/inputs/nixpkgs/follows")" nixpkgs
stop
show guide/pinning -o "override-input=nixpkgs=$repo/nixpkgs"
is 'in its place' "$(cat "$mnt/hosts/pinned/options/networking/hostName")" pinned
stop
finish
