let
  d = derivation { name = "d"; builder = "b"; system = "s"; outputs = [ "out" "dev" ]; };
  f = builtins.toFile "f" "x";
  c = builtins.getContext;
in [
  (c "plain") (c f) (c "${d}") (c d.drvPath) (c "${d.dev}${d.out}${f}")
  (c (builtins.unsafeDiscardOutputDependency d.drvPath))
  (c (builtins.addDrvOutputDependencies (builtins.unsafeDiscardOutputDependency d.drvPath)))
  (c (builtins.appendContext "x" (c "${d}${d.drvPath}${f}")))
  (c (builtins.unsafeDiscardStringContext "${d}"))
  (builtins.hasContext f) (builtins.hasContext "f")
  (c (builtins.substring 0 0 f)) (c (builtins.toJSON { inherit d f; })) (c (builtins.toXML d))
]
