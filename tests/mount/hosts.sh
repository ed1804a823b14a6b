#!/bin/bash
# hosts: one kind of configuration that fails hides no other
. "$(dirname "$0")/lib"

cd "$repo" || exit 1
git init -q .
cat > flake.nix <<'END'
{
  outputs = { self }: {
    nixosConfigurations.ares = {
      options.a = {
        _type = "option";
        type = { name = "int"; description = "integer"; };
        isDefined = true;
        value = 1;
      };
      config.a = 1;
    };
    homeConfigurations = throw "nobody is at home";
  };
}
END
git add .
is 'why' "$("$FLAKEFS" ls . homes 2>&1 | grep -c 'nobody is at home')" 1
is 'the hosts' "$("$FLAKEFS" ls . hosts 2>/dev/null)" ares
is 'a value' "$("$FLAKEFS" cat . hosts/ares/options/a 2>/dev/null)" 1

sed -i '/nixosConfigurations/,/^    };/d' flake.nix
errno 'nothing else' 'Input/output error' "$FLAKEFS" ls . homes
finish
