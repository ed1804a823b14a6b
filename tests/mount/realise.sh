#!/bin/bash
# realise: what evaluation must build first fails and says so, or is built by nix-store
. "$(dirname "$0")/lib"

mark=$(basename "$work")
cat > "$repo/flake.nix" <<EOF
{
  outputs = { self }:
    let
      make = name: script: derivation {
        inherit name;
        system = "x86_64-linux";
        builder = "/bin/sh";
        args = [ "-c" script ];
      };
      text = builtins.toFile "text" "from \${builtins.toFile "inner" "a file"} $mark";
      part = make "part" "echo part > \$out";
      made = make "made" "read a < \${part}; read b < \${text}; read c < \${./file}; echo \"{ v = \\\\\"\$a \$c\\\\\"; }\" > \$out";
    in {
      lib.value = (import made).v;
      lib.text = builtins.readFile part;
      lib.broken = import (make "broken" "echo $mark >&2; exit 3");
      lib.beside = 1;
      walked = { a = 1; b = 2; c = 3; d = import (make "unasked" "echo > $work/unasked; echo 4 > \$out"); };
    };
}
EOF
echo "file $mark" > "$repo/file"
commit_all
lib=$mnt/flakes/root/outputs/lib
export NIX_CONFIG='build-users-group =
sandbox = false'

"$FLAKEFS" "$repo" "$mnt" || { fail "mounting: status $?"; exit 1; }
errno 'not built' 'Input/output error' cat "$lib/value"
grep -q "cannot build '/nix/store/.*-made.drv^out'.*-o realise" "$lib/.value.error" ||
	fail "its message: $(cat "$lib/.value.error")"
is 'beside it' "$(cat "$lib/beside")" 1
stop

# Where there is no nix-store, that is what the message says.
mkdir "$work/empty"
PATH=$work/empty "$FLAKEFS" "$repo" "$mnt" -o realise || { fail 'mounting without nix-store'; exit 1; }
errno 'no program' 'Input/output error' cat "$lib/value"
grep -q 'nix-store: No such file' "$lib/.value.error" || fail "no program: $(cat "$lib/.value.error")"
stop

if ! command -v nix-store > /dev/null || ! nix-store --add "$repo/file" > "$work/added" 2>&1; then
	echo "realise: no nix-store that can write: not built"
	finish
fi
"$FLAKEFS" "$repo" "$mnt" -o realise || { fail 'mounting with it'; exit 1; }
is 'built' "$(cat "$lib/value" 2>&1)" "part file $mark"
is 'a text' "$(cat "$lib/text")" part
errno 'a build that fails' 'Input/output error' cat "$lib/broken"
grep -q "$mark" "$lib/.broken.error" || fail "why it failed: $(cat "$lib/.broken.error")"
is 'beside it' "$(cat "$lib/beside")" 1
# A walk is answered ahead, but nothing is built for it.
is 'walked' "$(cat "$lib/../walked"/[abc])" "$(printf '1\n2\n3')"
sleep 1
[ -e "$work/unasked" ] && fail 'built what nobody has asked for'
is 'asked for' "$(cat "$lib/../walked/d")" 4
[ -e "$work/unasked" ] || fail 'not built when it was asked for'
stop
# Built, it needs the option no more.
"$FLAKEFS" "$repo" "$mnt" || fail 'mounting again'
is 'there already' "$(cat "$lib/value")" "part file $mark"
stop
finish
