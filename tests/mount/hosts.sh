#!/bin/bash
# hosts: one kind of configuration that fails hides no other, and an option
# that nobody asked for says nothing
. "$(dirname "$0")/lib"

cd "$repo" || exit 1
git init -q .
cat > flake.nix <<'END'
{
  outputs = { self }: {
    nixosConfigurations.ares = rec {
      options = builtins.mapAttrs (name: value: {
        _type = "option";
        type = { name = "int"; description = "integer"; };
        isDefined = true;
        inherit value;
      }) config;
      config = { a = 1; b = 2; c = builtins.trace "unasked" 3; };
    };
    homeConfigurations = throw "nobody is at home";
  };
}
END
git add .
is 'why' "$("$FLAKEFS" ls . homes 2>&1 | grep -c 'nobody is at home')" 1
is 'the hosts' "$("$FLAKEFS" ls . hosts 2>/dev/null)" ares
is 'a value' "$("$FLAKEFS" cat . hosts/ares/options/a 2>"$work/err")" 1
"$FLAKEFS" cat . hosts/ares/options/b 2>>"$work/err" >&2
is 'not asked for' "$(grep -c unasked "$work/err")" 0

sed -i '/nixosConfigurations/,/^    };/d' flake.nix
errno 'nothing else' 'Input/output error' "$FLAKEFS" ls . homes
finish
