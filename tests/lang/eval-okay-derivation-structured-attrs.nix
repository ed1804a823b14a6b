let
  mk = attrs: derivation ({ name = "n"; builder = "b"; system = "s"; __structuredAttrs = true; } // attrs);
  both = d: [ d.drvPath d.outPath ];
  dep = derivation { name = "dep"; builder = "b"; system = "s"; };
in
map both [
  (mk { })
  (mk { a = { z = 1; b = [ true null 1.5 "é\n" ]; }; })
  (mk { outputs = [ "out" "dev" ]; args = [ "x" ]; })
  (mk { inherit dep; list = [ dep dep ]; __ignoreNulls = true; n = null; deep = { n = null; }; })
  (mk { x = dep; y = builtins.toFile "f" "g"; })
  (mk { outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; outputHashMode = "recursive"; })
]
