(derivation { name = "n"; builder = "b"; system = "s"; outputs = [ "out" "dev" "out" ]; }).drvPath
