# What failed fails again, and in the same way.
let
  x = throw "a";
  y = if (builtins.tryEval x).success then 1 else 2;
in
[ (builtins.tryEval x) y (builtins.tryEval x) ]
