#!/bin/bash
# failures: whatever an evaluation does, the call returns the contract's error
# in time, the message is beside it, and the rest goes on working
. "$(dirname "$0")/lib"

top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$repo/hosts/evil" "$repo/hosts/good"
cat > "$repo/hosts/good/configuration.nix" <<'END'
{ lib, ... }:
{
  options.t.good = lib.mkOption { default = "yes"; };
  config.networking.hostName = "good";
}
END
cat > "$repo/hosts/evil/configuration.nix" <<'END'
{ lib, config, ... }:
let
  option = default: lib.mkOption { inherit default; };
  recurse = x: x + recurse (x + 1);
  count = n: if n == 0 then 0 else 1 + count (n - 1);
  double = n: s: if n == 0 then s else double (n - 1) (s + s);
in
{
  options.t = {
    good = option "yes";
    throws = option (throw "I will not");
    asserts = option (assert 1 == 2; 1);
    wrong = option (1 + "x");
    missing = option (import ./absent.nix);
    circular = option (let x = x; in x);
    circle = option config.t.circle;
    deep = option (recurse 0);
    deeper = option (count 1000000);
    long = option (builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 100000000));
    big = option (builtins.stringLength (double 34 "x"));
    listed = option (builtins.length (builtins.genList (x: x) 2000000000));
    typed = lib.mkOption { type = lib.types.int; default = "seven"; };
    unset = lib.mkOption { type = lib.types.int; };
    bad = option { a = throw "inside"; b = 1; };
  };
  config.networking.hostName = "evil";
}
END
commit_all
"$FLAKEFS" "$repo" "$mnt" -o nixpkgs="$top/mnt-examples/nixpkgs" \
	-o eval_timeout=10,eval_memory=1G || exit 1
cd "$mnt/hosts/evil/options/t" || exit 1

still() {
	is "after $1" "$(cat good)" yes
	is "another host after $1" "$(cat "$mnt/hosts/good/options/t/good")" yes
}
# fails NAME ERROR WORDS: so it fails, and says so beside
fails() {
	errno "$1" "$2" cat "$1"
	# Of an option without a value stat() fails too, so that diff -r goes on.
	[ "$2" = 'No data available' ] || is "$1: size" "$(stat -c %s "$1")" 0
	grep -q "$3" ".$1.error" || fail "$1: its message is '$(cat ".$1.error")'"
	still "$1"
}

still nothing
fails throws 'Input/output error' 'I will not'
fails asserts 'Input/output error' assert
fails wrong 'Input/output error' 'add'
fails missing 'Input/output error' 'absent.nix'
fails circular 'Input/output error' 'infinite recursion'
fails circle 'Input/output error' 'infinite recursion'
fails deep 'Cannot allocate memory' 'error'
fails deeper 'Cannot allocate memory' 'error'
fails typed 'Input/output error' 'seven'
fails unset 'No data available' 'No data available\|no value\|not defined'
fails big 'Cannot allocate memory' 'memory'
fails listed 'Cannot allocate memory' 'memory'
errno 'a value inside' 'Input/output error' cat bad/a
is 'its neighbour' "$(cat bad/b)" 1
before=$(date +%s)
errno 'long' '' cat long
[ $(($(date +%s) - before)) -le 25 ] || fail 'long: took longer than eval_timeout'
still long
ls . > "$work/ls"
[ "$(wc -l < "$work/ls")" -ge 15 ] || fail 'names are missing'
stop
finish
