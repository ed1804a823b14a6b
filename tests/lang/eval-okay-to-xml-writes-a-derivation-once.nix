let d = derivation { name = "n"; builder = "b"; system = "s"; outputs = [ "out" "dev" ]; };
in builtins.toXML [ d d.dev { type = "derivation"; x = 1; } { type = "derivation"; drvPath = "/x"; y = 2; } ]
