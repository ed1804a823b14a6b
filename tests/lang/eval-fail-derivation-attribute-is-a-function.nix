(derivation { name = "n"; builder = "b"; system = "s"; bad = [ (x: x) ]; }).outPath
