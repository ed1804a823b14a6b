builtins.toFile "f" "${derivation { name = "n"; builder = "b"; system = "s"; }}"
