[
  (builtins.tryEval (builtins.foldl' (a: b: if b == 1 then throw "x" else b) 0 [ 1 2 ]))
  (builtins.foldl' (a: b: b) (throw "not used") [ 1 2 ])
  (builtins.foldl' (a: b: a * 10 + b) 0 [ 1 2 3 ])
  (builtins.foldl' (a: b: throw "not called") 7 [ ])
]
