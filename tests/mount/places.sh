#!/bin/bash
# places: a write goes where this host alone is told something
BOUND=300
. "$(dirname "$0")/lib"

module flake.nix <<'NIX'
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";

  outputs =
    { self, nixpkgs }:
    let
      system = "x86_64-linux";
      shared = [
        ./modules
        { my.everywhere = false; }
      ];
    in
    {
      nixosConfigurations = {
        # All of it is here.
        inline = nixpkgs.lib.nixosSystem {
          inherit system;
          modules = shared ++ [
            {
              networking.hostName = "inline"; # as in DNS
              my.a = false;
            }
            ({ pkgs, ... }: { my.b = false; })
          ];
        };
        # Its folder has another name.
        laptop = nixpkgs.lib.nixosSystem {
          inherit system;
          modules = shared ++ [ ./machines/x220/configuration.nix ];
        };
        # There is a role of that name.
        desktop = nixpkgs.lib.nixosSystem {
          inherit system;
          modules = shared ++ [ ./hosts/desktop.nix ./modules/desktop.nix ];
        };
        tower = nixpkgs.lib.nixosSystem {
          inherit system;
          modules = shared ++ [ ./hosts/tower.nix ./modules/desktop.nix ./hosts/desktop-disks.nix ];
        };
        linked = nixpkgs.lib.nixosSystem {
          inherit system;
          modules = shared ++ [ ./hosts/linked ];
        };
        shared = nixpkgs.lib.nixosSystem {
          inherit system;
          modules = shared ++ [ ./hosts/shared ];
        };
        nothing = nixpkgs.lib.nixosSystem {
          inherit system;
          modules = shared;
        };
      };
    };
}
NIX
module flake.lock <<'JSON'
{ "nodes": { "root": {} }, "root": "root", "version": 7 }
JSON
module modules/default.nix <<'NIX'
{ lib, ... }:
{
  options.my = lib.genAttrs [ "a" "b" "c" "everywhere" "role" ] (name: lib.mkOption {
    type = lib.types.bool;
    default = false;
  });
  config.system.stateVersion = lib.mkDefault "25.11";
}
NIX
module modules/desktop.nix <<'NIX'
{ my.role = true; }
NIX
module machines/x220/configuration.nix <<'NIX'
{
  imports = [ ./disks.nix { my.a = false; } ];
  networking.hostName = "laptop";
}
NIX
module machines/x220/disks.nix <<'NIX'
{ my.b = false; }
NIX
# A file that is a link, and one that is a link to what others may read.
mkdir -p "$repo/hosts/linked" "$repo/hosts/shared"
ln -s ../../machines/linked.nix "$repo/hosts/linked/default.nix"
ln -s ../../modules/any.nix "$repo/hosts/shared/default.nix"
module machines/linked.nix <<'NIX'
{ networking.hostName = "linked"; } # no other
NIX
module modules/any.nix <<'NIX'
{ networking.hostName = "any"; }
NIX
module hosts/desktop.nix <<'NIX'
{
  imports = [ ./desktop-disks.nix ./desktop/sound.nix ];
  networking.hostName = "desktop";
}
NIX
module hosts/desktop-disks.nix <<'NIX'
{ my.a = false; }
NIX
module hosts/desktop/sound.nix <<'NIX'
{ my.b = false; }
NIX
module hosts/tower.nix <<'NIX'
{
  imports = [ ./desktop/sound.nix ];
}
NIX
commit_all
"$FLAKEFS" "$repo" "$mnt" -o "override-input=nixpkgs=$nixpkgs" || exit 1
cd "$mnt/hosts" || exit 1

# Modules are told apart without hashing the trees that they are in.
cat desktop/options/my/a > "$work/read"
is 'what a host reads' "$(grep -v flake desktop/sources | tr '\n' ' ')" \
	'hosts/desktop-disks.nix hosts/desktop.nix hosts/desktop/sound.nix modules/default.nix modules/desktop.nix '

# writes HOST OPTION FILE LINES: true is written, with that change alone
writes() {
	local before others
	before=$(git -C "$repo" rev-parse HEAD)
	others=$(grep -c true ./*/options/my/* | grep -v "^./$1/")
	echo true > "$1/toggles/my/$2" || fail "writing $1 $2: $(grep 'error: .' "$mnt/.flakefs/errors" | head -1)"
	is "$1 $2" "$(cat "$1/options/my/$2")" true
	is "the file for $1 $2" "$(git -C "$repo" diff --name-only "$before")" "$3"
	is "the change for $1 $2" "$(git -C "$repo" diff -U0 "$before" | grep '^[-+]' | grep -v '^[-+][-+]')" "$4"
	is "others than $1" "$(grep -c true ./*/options/my/* | grep -v "^./$1/")" "$others"
}

writes inline a flake.nix \
	'-              my.a = false;
+              my.a = true;'
writes inline b flake.nix \
	'-            ({ pkgs, ... }: { my.b = false; })
+            ({ pkgs, ... }: { my.b = true; })'
writes inline c flake.nix '+              my.c = true;'
is 'where' "$(cat inline/options/my/.c.where | sed 's/.*flake/flake/')" flake.nix:22:15
is 'where, inside' "$(cat inline/meta/my/b/definitions/*/{line,column} | tr '\n' ' ')" '24 31 '

writes laptop a machines/x220/configuration.nix \
	'-  imports = [ ./disks.nix { my.a = false; } ];
+  imports = [ ./disks.nix { my.a = true; } ];'
writes laptop b machines/x220/disks.nix \
	'-{ my.b = false; }
+{ my.b = true; }'
writes laptop c machines/x220/configuration.nix \
	'-  imports = [ ./disks.nix { my.a = true; } ];
+  imports = [ ./disks.nix { my.a = true; my.c = true; } ];'

# modules/desktop.nix is no host's; hosts/desktop/ would be the desktop's, were
# it not that tower reads it too.
echo false > desktop/toggles/my/role || fail 'a role of the same name'
is 'the role' "$(cat desktop/options/my/role tower/options/my/role | tr '\n' ' ')" 'false true '
is 'its file' "$(git -C "$repo" diff --name-only HEAD~1)" hosts/desktop.nix
cat tower/options/my/b > "$work/read"
writes desktop b hosts/desktop.nix \
	'+  my.b = lib.mkForce true;'

writes linked a machines/linked.nix \
	'-{ networking.hostName = "linked"; } # no other
+{ networking.hostName = "linked"; my.a = true; } # no other'
errno 'a link to what is shared' 'Permission denied' bash -c 'echo true > shared/toggles/my/a'
grep -q 'is a link to modules/any.nix, which other hosts may read' "$mnt/.flakefs/errors" || fail 'no reason for the link'

errno 'nowhere' 'Permission denied' bash -c 'echo true > nothing/toggles/my/a'
grep -q "no file of the repository is this host's alone" "$mnt/.flakefs/errors" || fail 'no reason'
is 'status' "$(git -C "$repo" status --porcelain)" ''
stop
finish
