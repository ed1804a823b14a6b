let
  dep = derivation { name = "dep"; builder = "b"; system = "s"; };
  d = derivation { name = "d"; builder = "b"; system = "s"; outputs = [ "out" "dev" ]; inherit dep; src = ./store-tree/a.txt; };
  imported = import d.drvPath;
in
[
  (builtins.readFile (builtins.unsafeDiscardOutputDependency d.drvPath))
  (builtins.attrNames imported)
  (imported.outPath == d.outPath)
  imported.dev.outPath
  (builtins.getContext imported.dev.outPath)
  (derivation { name = "deep"; builder = "b"; system = "s"; all = d.drvPath; }).drvPath
]
