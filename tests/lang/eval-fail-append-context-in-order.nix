builtins.appendContext "a" (derivation { name = "n"; builder = "b"; system = "s"; })
