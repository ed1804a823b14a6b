[
  (builtins.functionArgs ({ x, y ? 123, ... }: x))
  (builtins.functionArgs (x: x))
  (builtins.functionArgs map)
  (builtins.functionArgs (map (x: x)))
  (builtins.functionArgs ({ }: 1))
]
