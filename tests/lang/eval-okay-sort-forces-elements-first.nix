builtins.tryEval (builtins.sort (a: b: abort "compared") [ 1 (throw "first") 2 ])
