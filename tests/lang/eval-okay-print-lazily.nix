[ 1 (x: x) { a = 1; f = x: x; t = 1 + 1; } (derivation { name = "n"; builder = "b"; system = "s"; }).type ]
