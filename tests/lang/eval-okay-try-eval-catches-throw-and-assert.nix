map builtins.tryEval [
  (throw "a")
  (assert false; 1)
  <nowhere-to-be-found>
  1
]
