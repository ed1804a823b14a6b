#!/bin/bash
# types: what is written becomes what the option's type takes
BOUND=300
. "$(dirname "$0")/lib"

module modules/shared.nix <<'NIX'
{ lib, config, ... }:
let
  inherit (lib) mkOption types;
  option = type: default: mkOption { inherit type default; };
in
{
  options.my = {
    settings = mkOption {
      default = { };
      type = types.submodule {
        freeformType = types.attrsOf (types.nullOr (types.oneOf [ types.bool types.int types.str (types.listOf types.str) ]));
        options.jobs = option (types.either types.int (types.enum [ "auto" ])) "auto";
        options.fixed = mkOption { type = types.int; default = 1; readOnly = true; };
      };
    };
    users = mkOption {
      default = { };
      type = types.attrsOf (types.submodule {
        options.shell = option (types.nullOr types.str) null;
        options.uid = option (types.nullOr types.int) null;
      });
    };
    sometimes = option (types.nullOr types.bool) null;
    number = option types.number 1;
    several = option (types.either types.str (types.listOf types.str)) [ ];
    maybe = option (types.nullOr (types.listOf types.int)) null;
    coerced = option (types.coercedTo types.int toString types.str) "1";
    list = option (types.coercedTo types.str lib.singleton (types.listOf types.str)) [ ];
    ports = option (types.listOf types.port) [ ];
    text = option types.lines "";
    folder = option types.path "/";
    levels = option (types.enum [ 1 2 "many" ]) 1;
    anything = option types.anything "a";
    packages = option (types.listOf types.attrs) [ ];
    broken = option types.bool false;
  };
  config.my.settings = { shared = "a"; beaten = lib.mkDefault 1; };
  config.my.ports = [ 22 ];
  config.assertions = [
    { assertion = config.my.broken || throw "no one can tell"; message = "never shown"; }
  ];
}
NIX
for host in ares zeus; do
	module hosts/$host/configuration.nix <<'NIX'
{ lib, ... }:
{
  imports = [ ../../modules/shared.nix ];

  networking.hostName = "x";
  system.stateVersion = "25.11";
  boot.loader.grub.device = "/dev/sda";
  fileSystems."/".device = "/dev/sda1";

  my.settings = {
    text = "yes"; # a text that looks like a Boolean
    free = true;
    count = 3;
    none = null;
    names = [ "a" ];
  };
  my.users.me = { };
  my.folder = ./data;
  my.ports = [ 80 ];
  my.packages = [ { a = 1; } ];
}
NIX
	mkdir "$repo/hosts/$host/data"
	touch "$repo/hosts/$host/data/file"
done
commit_all
start_real
cd "$mnt/hosts/ares/options/my" || exit 1

# writes OPTION TEXT ADDED: written, read back, and that is the line in the file
writes() {
	local before
	before=$(git -C "$repo" rev-parse HEAD)
	printf '%s' "$2" > "$work/value"
	cp "$work/value" "$1" || fail "writing $1: $(grep 'error: .' "$mnt/.flakefs/errors" | head -1)"
	is "$1" "$(cat "$1")" "$2"
	is "the lines for $1" "$(git -C "$repo" diff -U0 "$before" | grep '^+ ')" "$3"
	is "commits for $1" "$(git -C "$repo" rev-list --count "$before..HEAD")" 1
}

# Members of submodules and of what is freeform.
writes settings/jobs 3 '+    jobs = 3;'
writes settings/jobs auto '+    jobs = "auto";'
writes settings/text no '+    text = "no"; # a text that looks like a Boolean'
writes settings/free off-line '+    free = "off-line";'
writes settings/free false '+    free = "false";'
writes settings/count 4 '+    count = 4;'
writes settings/count true '+    count = true;'
writes settings/none 12 '+    none = 12;'
writes settings/none null '+    none = null;'
writes settings/names 'a
b' '+    names = [ "a" "b" ];'
writes users/me/shell /bin/sh '+  my.users.me = {
+    shell = "/bin/sh";
+  };'
writes users/me/uid 1000 '+    uid = 1000;'
writes settings/shared b '+    shared = lib.mkForce "b";'
writes settings/beaten 2 '+    beaten = 2;'
errno 'a read-only member' 'Permission denied' bash -c 'echo 2 > settings/fixed'
errno 'a refused member' 'Invalid argument' bash -c 'echo many > settings/jobs'

# Types of several kinds.
writes sometimes true '+  my.sometimes = true;'
writes sometimes null '+  my.sometimes = null;'
writes number 2 '+  my.number = 2;'
writes number 2.5 '+  my.number = 2.5;'
writes several 'one
two' '+  my.several = [ "one" "two" ];'
writes maybe '1
2' '+  my.maybe = [ 1 2 ];'
writes maybe -3 '+  my.maybe = [ (-3) ];'
writes maybe null '+  my.maybe = null;'
writes coerced 5 '+  my.coerced = "5";'
writes list one '+  my.list = [ "one" ];'
writes levels 2 '+  my.levels = 2;'
writes levels many '+  my.levels = "many";'
writes anything b '+  my.anything = "b";'
writes text 'a "quoted" ${b} \\ $x ünï' '+  my.text = "a \"quoted\" \${b} \\\\ $x ünï";'
errno 'too large a number' 'Invalid argument' bash -c 'echo 99999999999999999999 > levels'
is 'a list of sets' "$(stat -c %a packages/0/a)" 444
errno 'in a list' 'Permission denied' bash -c 'echo 2 > packages/0/a'

# A path is text here; the same text again is nothing new.
count=$(git -C "$repo" rev-list --count HEAD)
cat folder > "$work/value"
cp "$work/value" folder || fail 'the same path'
is 'the same path' "$(git -C "$repo" rev-list --count HEAD)" "$count"
writes folder /srv '+  my.folder = "/srv";'

# A list that other files have a part of.
first=$(head -n 1 ports)
if [ "$first" = 22 ]; then
	writes ports '22
80
443' '+  my.ports = [ 80 443 ];'
	writes ports 22 '+  my.ports = [ ];'
else
	writes ports '80
443
22' '+  my.ports = [ 80 443 ];'
	writes ports 22 '+  my.ports = [ ];'
fi
writes ports 8080 '+  my.ports = lib.mkForce [ 8080 ];'

# Assertions that can't be told stand in nobody's way as long as they can't for
# the same reason, and one that can then be told is no new one.
grep -q 'no one can tell' "$mnt/hosts/ares/.assertions.error" || fail 'assertions can be told'
writes broken true '+  my.broken = true;'
is 'assertions' "$(cat "$mnt/hosts/ares/assertions")" ''
is 'status' "$(git -C "$repo" status --porcelain)" ''
is 'fsck' "$(git -C "$repo" fsck --strict --no-dangling 2>&1)" ''
is 'the other host' "$(cat "$mnt/hosts/zeus/options/my/settings/jobs")" auto
stop
finish
