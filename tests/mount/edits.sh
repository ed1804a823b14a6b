#!/bin/bash
# edits: what a write does to a configuration, told by the evaluator and by git
BOUND=300
. "$(dirname "$0")/lib"

module modules/shared.nix <<'NIX'
{ lib, ... }:

{
  options.my = {
    switches = lib.genAttrs (map (n: "s${toString n}") (lib.range 1 20)) (name: {
      enable = lib.mkEnableOption name;
    });
    gaming.enable = lib.mkEnableOption "games";
    gaming.scale = lib.mkOption { type = lib.types.float; default = 1.0; };
    audio.enable = lib.mkEnableOption "sound";
    video.enable = lib.mkEnableOption "films";
    quiet.enable = lib.mkEnableOption "silence";
    mode = lib.mkOption { type = lib.types.enum [ "low" "high" ]; default = "low"; };
    motd = lib.mkOption { type = lib.types.str; default = ""; };
    count = lib.mkOption { type = lib.types.ints.between 0 10; default = 1; };
    names = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
    computed.enable = lib.mkEnableOption "what is computed";
    asserted.enable = lib.mkEnableOption "what an assertion refuses";
  };
  # All hosts are quiet, unless they say otherwise.
  config.my.quiet.enable = true;
}
NIX
for host in ares zeus; do
	module hosts/$host/configuration.nix <<NIX
# The machine on the desk.
{ config, lib, ... }:

{
  imports = [ ../../modules/shared.nix ];

  networking.hostName = "$host"; # as in DNS
  system.stateVersion = "25.11";
  boot.loader.grub.device = "/dev/sda";
  fileSystems."/".device = "/dev/sda1";

  my.gaming.enable = false; # too old a card

  my = {
    audio = {
      # Only in the evening.
      enable = true;
    };
    names = [
      "one" # the first
      "two"
    ];
    computed.enable = config.networking.hostName == "ares";
  };

  assertions = [
    { assertion = !config.my.asserted.enable; message = "never do this"; }
  ];
}
NIX
done
commit_all
ares=$repo/hosts/ares/configuration.nix
start_real
cd "$mnt/hosts/ares" || exit 1

# tidy WHAT COMMITS: so many, nothing else changed, nothing broken
tidy() {
	is "$1: commits" "$(git -C "$repo" rev-list --count HEAD)" "$2"
	is "$1: status" "$(git -C "$repo" status --porcelain)" ''
	is "$1: fsck" "$(git -C "$repo" fsck --strict --no-dangling 2>&1)" ''
}
# sets OPTION VALUE LINES: written in toggles/ or options/, seen everywhere, and
# LINES are all that changed, in diff's form. A shell writes line by line; as
# one commit each, of which the last one counts here.
sets() {
	local option=$1 value=$2 view=options before
	before=$(git -C "$repo" rev-parse HEAD)
	[ -e "toggles/$option" ] && view=toggles
	echo "$value" > "$view/$option" || fail "writing $option: $(head -3 "$mnt/.flakefs/errors")"
	is "$option" "$(cat "options/$option")" "$value"
	is "$option in set/" "$(cat "set/$option")" "$value"
	is "the change for $option" "$(git -C "$repo" diff -U0 "$before" |
		grep '^[-+]' | grep -v '^[-+][-+]')" "$3"
}
sets my/gaming/enable true \
	'-  my.gaming.enable = false; # too old a card
+  my.gaming.enable = true; # too old a card'
sets my/audio/enable false \
	'-      enable = true;
+      enable = false;'
sets my/names 'three
four' \
	'-      "one" # the first
-      "two"
+      "three" # the first
+      "four"'
sets my/mode high '+    mode = "high";'
sets my/count 7 '+    count = 7;'
sets my/gaming/scale 1.5 '+  my.gaming.scale = 1.5;'
sets my/motd 'Say "hi" to ${USER}' '+    motd = "Say \"hi\" to \${USER}";'
sets my/quiet/enable false '+    quiet.enable = lib.mkForce false;'
sets my/video/enable true '+    video.enable = true;'
tidy 'nine writes, one of two lines' 11
is 'the message' "$(git -C "$repo" log -1 --format=%s)" 'ares: my.video.enable = true'
is 'the other host' "$(cat ../zeus/options/my/{mode,count,quiet/enable} | tr '\n' ' ')" 'low 1 true '
real=$(NIX_REMOTE=dummy:// nix-instantiate --eval --strict --json -I "nixpkgs=$nixpkgs" \
	'<nixpkgs/nixos>' --arg configuration "$ares" -A config.my.mode 2> "$work/err") &&
	is 'as Nix sees it' "$real" '"high"'

# Spellings of a Boolean, and the same value again.
for word in 0 1 no yes off on disable enable; do
	echo $word > toggles/my/video/enable || fail "a Boolean: $word"
done
is 'the last of them' "$(cat options/my/video/enable)" true
echo true > toggles/my/video/enable || fail 'the same again'
tidy 'Booleans' 19
echo false >> toggles/my/video/enable || fail '>>'
is '>>' "$(cat toggles/my/video/enable)" false
tidy '>>' 20

# What is refused leaves everything as it was.
refused() {
	errno "$1 = $3" "$2" bash -c 'echo "$1" > "$2"' - "$3" "$1"
	head -n 20 "$mnt/.flakefs/errors" | grep -q -e "$4" ||
		fail "no '$4' in errors: $(head -n 3 "$mnt/.flakefs/errors")"
}
refused toggles/my/mode 'Invalid argument' middle 'low'
refused toggles/my/video/enable 'Invalid argument' perhaps ''
refused options/my/count 'Invalid argument' 11 ''
refused options/my/count 'Invalid argument' many ''
refused toggles/my/asserted/enable 'Invalid argument' true 'never do this'
refused toggles/my/computed/enable 'Permission denied' false 'configuration.nix:[0-9]*:5: the value is computed'
errno 'a set' 'Is a directory' bash -c 'echo 1 > options/my'
errno 'not writable' 'Permission denied' bash -c 'echo 1 > meta/my/mode/type'
tidy 'refused' 20

# The user's own changes.
echo '# a note' >> "$ares"
synced
errno 'a dirty file' 'Device or resource busy' bash -c 'echo true > toggles/my/video/enable'
is 'is left alone' "$(tail -n 1 "$ares")" '# a note'
echo true > ../zeus/toggles/my/video/enable || fail 'beside a dirty file'
is 'the dirty file stays so' "$(git -C "$repo" status --porcelain)" ' M hosts/ares/configuration.nix'
git -C "$repo" checkout -q .
synced
tidy 'a dirty file' 21

# A syntax error, and its repair.
cp "$ares" "$work/good"
echo '}' >> "$ares"
synced
errno 'a syntax error' 'Input/output error' cat options/my/mode
errno 'and a write' 'error' bash -c 'echo low > toggles/my/mode'
is 'the other host goes on' "$(cat ../zeus/options/my/mode)" low
cp "$work/good" "$ares"
synced
is 'mended' "$(cat options/my/mode)" high

# Twenty at once on twenty options, then on one.
for i in $(seq 20); do
	echo true > toggles/my/switches/s$i/enable || echo "$i" >> "$work/lost" &
done
wait
is 'all succeeded' "$(cat "$work/lost" 2>/dev/null)" ''
is 'twenty at once' "$(cat options/my/switches/*/enable | sort | uniq -c | tr -s ' ')" ' 20 true'
tidy 'twenty at once' 41
for i in $(seq 20); do
	echo $((i % 2)) > toggles/my/gaming/enable || echo "$i" >> "$work/lost" &
done
wait
is 'all succeeded' "$(cat "$work/lost" 2>/dev/null)" ''
is 'one option at once' "$(cat options/my/gaming/enable)" \
	"$(git -C "$repo" show HEAD:hosts/ares/configuration.nix | sed -n 's/.*gaming.enable = \(.*\);.*/\1/p')"
tidy 'one option at once' "$(git -C "$repo" rev-list --count HEAD)"
stop

# A bare repository.
git clone -q --bare "$repo" "$work/bare.git"
git -C "$work/bare.git" config user.name Tester
git -C "$work/bare.git" config user.email tester@example.org
count=$(git -C "$work/bare.git" rev-list --count HEAD)
worktree=$repo
repo=$work/bare.git
start_real
cd "$mnt/hosts/zeus" || exit 1
is 'bare' "$(cat options/my/mode)" low
echo high > toggles/my/mode || fail "bare: a write: $(head -3 "$mnt/.flakefs/errors")"
is 'bare: seen' "$(cat options/my/mode)" high
is 'bare: commits' "$(git -C "$repo" rev-list --count HEAD)" $((count + 1))
is 'bare: fsck' "$(git -C "$repo" fsck --no-dangling 2>&1)" ''
stop

repo=$worktree
start_real -o ro
errno 'read-only' 'Read-only file system' \
	bash -c 'echo low > "$1"' - "$mnt/hosts/ares/toggles/my/mode"
is 'its mode' "$(stat -c %a "$mnt/hosts/ares/toggles/my/mode")" 444
stop
finish
