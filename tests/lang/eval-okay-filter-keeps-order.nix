builtins.filter (x: x / 2 * 2 == x) (builtins.genList (x: x) 300)
