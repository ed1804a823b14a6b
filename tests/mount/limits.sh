#!/bin/bash
# limits: what goes wrong in an evaluation has its errno, and the mount goes on
BOUND=300
. "$(dirname "$0")/lib"

module hosts/ares/configuration.nix <<'NIX'
{ lib, ... }:

let
  raw = default: lib.mkOption { type = lib.types.raw; inherit default; };
  double = n: s: if n == 0 then s else double (n - 1) (s + s);
  count = n: if n == 0 then 0 else 1 + count (n - 1);
  nested = n: builtins.foldl' (inner: _: [ inner ]) [ ] (lib.range 1 n);
  a = b;
  b = a;
  cyclic = { inherit cyclic; };
  zeros = builtins.genList (_: 0) 1000000;
in
{
  options.limits = {
    good = raw "good";
    hang = raw (builtins.foldl' (n: _: if builtins.elem n zeros then 2 else n) 1
      (builtins.genList (x: x) 1000000));
    hangInBuiltin = raw (builtins.foldl' (x: _: x) 0 (builtins.genList (x: x) 400000000));
    regex = raw (builtins.match "((a+)*)*b" (lib.concatStrings (lib.genList (_: "a") 2000)));
    deep = raw (count 1000000000);
    huge = raw (builtins.stringLength (double 34 "x"));
    hugeText = raw (double 34 "x");
    hugeList = raw (builtins.length (double 0 (builtins.genList (x: x) 2000000000)));
    recursion = raw a;
    throws = raw (throw "this one throws");
    asserts = raw (assert 1 == 2; 3);
    aborts = raw (abort "this one aborts");
    types = raw (1 + "x");
    missingFile = raw (builtins.readFile ./missing);
    missingAttr = raw { }.nothing;
    overflow = raw (9223372036854775807 + 1);
    zero = raw (1 / 0);
    cyclic = raw cyclic;
    nested = raw (nested 200000);
    nul = raw (builtins.fromJSON "\"a\\u0000b\"");
    crash = raw "crash";
  };
}
NIX
# A module with a syntax error, and one that fails, each in a host of its own.
echo '{ networking.hostName = "broken" ' | module hosts/broken/configuration.nix
echo '{ networking.hostName = throw "a name"; imports = [ ./absent.nix ]; }' |
	module hosts/absent/configuration.nix
commit_all
# Time enough, so that memory is the limit that is met however busy the machine.
seconds=60
FLAKEFS_TEST_CRASH=crash start_real -o eval_timeout=$seconds -o eval_memory=1G
cd "$mnt/hosts/ares/options/limits" || exit 1

# goes_on AFTER: the next reader has its value
goes_on() {
	is "a value after $1" "$(cat good 2>&1)" good
}
# within WHAT: since $before, no more than the limit and some
within() {
	local took=$(($(date +%s) - before))
	[ $took -le $((seconds * 4 + 8)) ] || fail "$1 took $took s"
}
# fails_as NAME ERROR TEXT: and says TEXT in .NAME.error
fails_as() {
	before=$(date +%s)
	errno "$1" "$2" cat "$1"
	within "$1"
	grep -q -e "$3" ".$1.error" || fail ".$1.error: $(tail -n 3 ".$1.error")"
	goes_on "$1"
}
goes_on mounting
fails_as throws 'Input/output error' 'this one throws'
fails_as aborts 'Input/output error' 'this one aborts'
fails_as asserts 'Input/output error' 'is not equal to an integer'
fails_as types 'Input/output error' 'cannot add a string to an integer'
fails_as missingFile 'Input/output error' 'does not exist'
fails_as missingAttr 'Input/output error' "attribute 'nothing' missing"
fails_as overflow 'Input/output error' 'integer overflow'
fails_as zero 'Input/output error' 'division by zero'
fails_as recursion 'Input/output error' 'infinite recursion encountered'
fails_as crash 'Input/output error' 'signal 11'
fails_as deep 'Cannot allocate memory' 'memory\|overflow'
fails_as huge 'Cannot allocate memory' 'memory'
fails_as hugeText 'Cannot allocate memory' 'memory'
fails_as hugeList 'Cannot allocate memory' 'memory'

# ends NAME...: with one of several errors or none, and the mount goes on
ends() {
	local name
	for name; do
		before=$(date +%s)
		find $name -maxdepth 1 > "$work/out" 2>&1
		cat $name .$name.json > "$work/out" 2>&1
		within $name
		goes_on $name
	done
}
ends nested nul

# A value that holds itself is found at any depth, listed once, not printed.
is 'cyclic' "$(ls -d cyclic/cyclic/cyclic/cyclic)" cyclic/cyclic/cyclic/cyclic
is 'find in it ends' "$(find cyclic | tr '\n' ' ')" 'cyclic cyclic/cyclic '
for companion in json nix; do
	before=$(date +%s)
	cat .cyclic.$companion > "$work/out" 2>&1 &&
		[ "$companion" = json ] && fail 'a cyclic value as JSON'
	within "cyclic.$companion"
	goes_on "cyclic.$companion"
done

# Many at once, the bad among the good.
for name in throws good deep good recursion good crash good huge good; do
	cat $name > "$work/at-once.$name" 2>&1 &
done
wait
goes_on 'all at once'

# A host that cannot be evaluated is there all the same, and hides no other.
is 'hosts' "$(ls "$mnt/hosts" | tr '\n' ' ')" 'absent ares broken '
errno 'a syntax error' 'Input/output error' ls "$mnt/hosts/broken/options"
grep -q 'syntax error' "$mnt/hosts/broken/.options.error" ||
	fail 'a syntax error is not told'
errno 'a missing module' 'Input/output error' cat "$mnt/hosts/absent/options/networking/hostName"
goes_on 'broken hosts'
echo '{ networking.hostName = "mended"; }' > "$repo/hosts/broken/configuration.nix"
synced
is 'mended' "$(cat "$mnt/hosts/broken/options/networking/hostName" 2>&1)" mended
stop

# Too long.
seconds=5
start_real -o eval_timeout=$seconds -o eval_memory=1G
cd "$mnt/hosts/ares/options/limits" || exit 1
goes_on 'mounting again'
fails_as hang 'Connection timed out' eval_timeout
ends hangInBuiltin regex
stop

# Ctrl-C: the reader is gone at once, and others have their values.
start_real -o eval_timeout=20
cd "$mnt/hosts/ares/options/limits" || exit 1
goes_on 'mounting once more'
env --default-signal=INT cat hang > "$work/out" 2>&1 & pid=$!
sleep 0.5
before=$(date +%s%N)
kill -INT $pid
wait $pid
after=$(date +%s%N)
[ $(((after - before) / 1000000)) -lt 1000 ] || fail 'Ctrl-C is not heard'
is 'another host meanwhile' \
	"$(timeout 60 cat "$mnt/hosts/broken/options/networking/hostName" 2>&1)" mended
stop
finish
