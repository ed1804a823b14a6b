let d = derivation { name = "n"; builder = "b"; system = "s"; outputs = [ "out" "dev" ]; };
in map (n: let p = builtins.unsafeGetAttrPos n d; in if p == null then null else [ n p.line p.column ])
  [ "all" "drvAttrs" "out" "dev" "outPath" "drvPath" "type" "outputName" ]
