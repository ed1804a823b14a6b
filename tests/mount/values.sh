#!/bin/bash
# values: every kind of value as the tree's contract shows it, by the evaluator
BOUND=300
. "$(dirname "$0")/lib"

module modules/kinds.nix <<'NIX'
{ lib, pkgs, ... }:

let
  raw = default: lib.mkOption { type = lib.types.raw; inherit default; };
in
{
  options.kinds = {
    yes = raw true;
    integer = raw (-42);
    float = raw 2.5;
    whole = raw 1.0;
    string = raw "a string";
    lines = raw "one\ntwo\n";
    empty = raw "";
    bytes = raw "tab\there, quote\" and ü";
    path = raw ./kinds.nix;
    null = raw null;
    set = raw { a = 1; b.c = "deep"; };
    emptySet = raw { };
    list = raw [ 1 "two" 3.5 true null ];
    emptyList = raw [ ];
    sets = raw [ { a = 1; } { a = 2; } ];
    lists = raw [ [ 1 2 ] [ ] ];
    function = raw (x: x);
    package = raw pkgs.hello;
    packages = raw [ pkgs.hello ];
    loop = raw (let a = { x = 1; b = { y = 2; up = a; }; }; in a);
    variant = raw { assertions = [ ]; environment.x = 1; system.y = 2; };
    packageMeta = raw { available = true; outputsToInstall = [ "out" ]; description = "d"; maintainers = [ { name = "m"; } ]; };
    fails = raw (throw "no value here");
    half = raw { good = 1; bad = throw "half of it"; };
    badList = raw [ 1 (throw "an element") ];
    names = raw {
      "a/b" = 1;
      "100%" = 2;
      "." = 3;
      ".." = 4;
      "" = 5;
      "with space" = 6;
      "new\nline" = 7;
      ".hidden" = 8;
      ".a.json" = 9;
      a = 10;
      ${lib.concatStrings (lib.genList (_: "long") 100)} = 11;
    };
    noValue = lib.mkOption { type = lib.types.int; description = "No value, no default."; };
    enum = lib.mkOption {
      type = lib.types.enum [ "low" "high" ];
      default = "low";
      example = "high";
      description = "One of two.";
    };
    count = lib.mkOption { type = lib.types.int; default = 1; };
    hidden.enable = lib.mkEnableOption "something hidden";
    attrs = lib.mkOption { type = lib.types.attrsOf lib.types.int; default = { x = 1; }; };
    deep = lib.mkOption { type = lib.types.attrsOf (lib.types.attrsOf lib.types.int); default = { }; };
    unlimited.list = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
  };
}
NIX
module hosts/ares/configuration.nix <<'NIX'
{ lib, ... }:

{
  imports = [ ../../modules/kinds.nix ];
  networking.hostName = "ares";
  kinds.count = lib.mkForce 7;
  kinds.unlimited.list = [ "a" ];
  kinds.deep.x.y = 1;
  boot.loader.grub.device = "/dev/sda";
  fileSystems."/".device = "/dev/sda1";
  system.stateVersion = "25.11";
  warnings = [ "be careful" ];
  assertions = [
    { assertion = false; message = "this does not hold"; }
    { assertion = true; message = "this does"; }
  ];
}
NIX
commit_all
touched=$(git -C "$repo" log -1 --format=%ct)
start_real -o ro
host=$mnt/hosts/ares
cd "$host/options/kinds" || exit 1

# shows FILE BYTES: exactly, and stat says how many
shows() {
	printf '%b' "$2" > "$work/wanted"
	is "size of $1" "$(stat -c %s "$1")" "$(stat -c %s "$work/wanted")"
	cat "$1" > "$work/got" || fail "$1: cannot be read"
	cmp -s "$work/wanted" "$work/got" || fail "$1: '$(cat "$work/got")'"
	is "kind of $1" "$(stat -c %F "$1")" \
		"$([ -s "$work/wanted" ] && echo regular file || echo regular empty file)"
}
shows yes 'true\n'
shows integer '-42\n'
shows float '2.5\n'
shows whole '1\n'
shows string 'a string\n'
shows lines 'one\ntwo\n'
shows empty '\n'
shows bytes 'tab\there, quote" and ü\n'
shows path "$repo/modules/kinds.nix\n"
shows null 'null\n'
shows list '1\ntwo\n3.5\ntrue\nnull\n'
shows emptyList ''
shows function '<function>\n'
shows set/a '1\n'
shows set/b/c 'deep\n'
shows sets/0/a '1\n'
shows sets/1/a '2\n'
shows lists/0 '1\n2\n'
shows lists/1 ''
is 'ls of a set' "$(ls set | tr '\n' ' ')" 'a b '
is 'ls of an empty set' "$(ls -A emptySet)" ''
is 'ls of a list of sets' "$(ls sets | tr '\n' ' ')" '0 1 '
is 'a package is a folder' "$(cat package/name packages/0/pname)" "$(printf 'hello-2.12.1\nhello' |
	sed "s/hello-2.12.1/$(cat package/pname)-$(cat package/version)/")"
for name in name pname version system outPath drvPath meta; do
	ls package | grep -qx $name || fail "package/$name is not listed"
done
is 'a set that holds itself ends' "$(find loop | sort | tr '\n' ' ')" \
	'loop loop/b loop/b/up loop/b/y loop/x '
is 'and is found all the same' "$(cat loop/b/up/b/up/x)" 1
is 'a whole system is not walked' "$(ls variant)" ''
is 'but found' "$(cat variant/system/y)" 2
is 'who maintains a package is not listed' "$(ls packageMeta | tr '\n' ' ')" \
	'available description outputsToInstall '
is 'but found' "$(cat packageMeta/maintainers/0/name)" m
case $(cat package/drvPath) in
/nix/store/*-hello-*.drv) ;;
*) fail "drvPath: $(cat package/drvPath)" ;;
esac
is 'modes' "$(stat -c %a yes set)" "$(printf '444\n555')"
is 'owner' "$(stat -c %u yes)" "$(id -u)"
is 'time' "$(stat -c %Y yes)" "$touched"

# Names.
long=$(printf 'long%.0s' $(seq 100))
short=$(printf %s "$long" | head -c 221)%~$(printf %s "$long" | sha256sum | head -c 32)
is 'names' "$(LC_ALL=C ls -A names | sort | tr '\n' ' ')" "$(printf '%s\n' \
	'%' '%2E' '%2E.' '%2Ea.json' '100%25' '.hidden' a 'a%2Fb' "$short" \
	'new%0Aline' 'with space' | LC_ALL=C sort | tr '\n' ' ')"
is 'their values' "$(cat names/a%2Fb names/100%25 names/%2E names/%2E. names/% \
	'names/with space' names/new%0Aline names/.hidden names/%2Ea.json \
	names/a "names/$short" | tr '\n' ' ')" '1 2 3 4 5 6 7 8 9 10 11 '
errno 'only as listed' 'No such file' cat names/a%2fb
errno 'only as listed' 'No such file' cat names/%61
is 'attrpath' "$(cat 'names/.a%2Fb.attrpath')" 'kinds.names."a/b"'
is 'the whole of a long name' "$(cat "names/.$short.attrpath" | wc -c)" $((12 + 400 + 1))

# Companions.
is 'set.json' "$(cat .set.json)" '{"a":1,"b":{"c":"deep"}}'
is 'the same, inside' "$(cat set/.json)" '{"a":1,"b":{"c":"deep"}}'
is 'list.json' "$(cat .list.json)" '[1,"two",3.5,true,null]'
is 'string.nix' "$(cat .string.nix)" '"a string"'
is 'lines.nix' "$(cat .lines.nix)" '"one\ntwo\n"'
for pair in yes:bool integer:int float:float string:string path:path null:null \
	list:list set:set function:lambda package:derivation; do
	is "type of ${pair%:*}" "$(head -1 ".${pair%:*}.type")" ${pair#*:}
done
is 'where' "$(cat .count.where)" "$repo/hosts/ares/configuration.nix:6:3"
is 'attrpath' "$(cat .count.attrpath)" kinds.count
is 'where, when nothing is set' "$(cat .yes.where)" ''
errno 'no error' 'No such file' cat .yes.error
errno 'json never leaves something out' 'Input/output error' cat .half.json
errno 'nor for a function' 'Input/output error' cat .function.json
is 'companions are not listed' "$(ls -A | grep '^\.')" ''

# Errors stay where they are.
errno 'throw' 'Input/output error' cat fails
is 'its size' "$(stat -c %s fails)" 0
cat .fails.error | grep -q 'no value here' || fail 'no message in .fails.error'
is 'beside it' "$(cat half/good yes)" "$(printf '1\ntrue')"
errno 'in a set' 'Input/output error' cat half/bad
errno 'in a list' 'Input/output error' cat badList
errno 'no value' 'No data available' cat noValue
errno 'no such option' 'No such file' cat nothing
errno 'not a folder' 'Not a directory' ls yes/x
errno 'a folder' 'Is a directory' cat set
errno 'read-only' 'Read-only file system' bash -c 'echo 1 > count'
grep -q 'no value here' "$mnt/.flakefs/errors" || fail 'not in .flakefs/errors'

# Other views.
cd "$host" || exit 1
is 'system' "$(cat system)" x86_64-linux
is 'warnings' "$(cat warnings)" 'be careful'
is 'assertions' "$(cat assertions)" 'this does not hold'
is 'meta type' "$(cat meta/kinds/enum/type)" 'one of "low", "high"'
is 'meta default' "$(cat meta/kinds/enum/default)" low
is 'meta example' "$(cat meta/kinds/enum/example)" high
is 'meta description' "$(cat meta/kinds/enum/description)" 'One of two.'
is 'meta declarations' "$(cat meta/kinds/enum/declarations)" "$repo/modules/kinds.nix"
is 'meta definitions' "$(cat meta/kinds/count/definitions/0/{file,line,value,priority,state} |
	tr '\n' ' ')" "$repo/hosts/ares/configuration.nix 6 7 50 won "
is 'what a definition holds' \
	"$(find meta/kinds/deep/definitions/0/value -type f)" meta/kinds/deep/definitions/0/value/x/y
is 'isDefined' "$(cat meta/kinds/{noValue,count}/isDefined | tr '\n' ' ')" 'false true '
is 'set' "$(ls set/kinds | tr '\n' ' ')" 'count deep unlimited '
is 'its value' "$(cat set/kinds/count)" 7
is 'toggles' "$(find toggles/kinds -type f | sort | tr '\n' ' ')" \
	'toggles/kinds/enum toggles/kinds/hidden/enable '
grep -qx "hosts/ares/configuration.nix" sources || fail "sources: $(head -3 sources)"
grep -q '^modules/kinds.nix' sources || fail 'sources: the module is missing'

# Every file of a host: its size is exact, or it fails when read and says why.
python3 - "$host/options" <<'END' > "$work/odd" || fail 'reading all files'
import errno, os, sys

count = 0
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        path = os.path.join(folder, name)
        count += 1
        try:
            size = os.stat(path).st_size
        except OSError as error:
            # So diff -r goes on at an option without a value (fs/ops.c).
            if error.errno != errno.ENODATA:
                print(path, "cannot be looked at:", error)
            continue
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            if size:
                print(path, "fails, and has a size:", size)
            why = os.path.join(folder, f".{name}.error")
            if error.errno != errno.ENODATA and not open(why).read():
                print(path, "fails and does not say why")
            continue
        if len(data) != size:
            print(path, "has the size", size, "and the length", len(data))
assert count > 200, count
END
is 'every file' "$(cat "$work/odd")" ''
stop
finish
