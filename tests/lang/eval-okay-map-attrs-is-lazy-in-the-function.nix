builtins.attrNames (builtins.mapAttrs (throw "no") { a = 1; b = 2; })
