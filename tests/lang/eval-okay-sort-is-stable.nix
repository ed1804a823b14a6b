builtins.sort (a: b: a.k < b.k) (builtins.genList (n: { inherit n; k = n * 7 - n * 7 / 5 * 5; }) 40)
