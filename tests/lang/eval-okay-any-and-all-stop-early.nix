[
  (builtins.any (x: x) [ false true (throw "late") ])
  (builtins.all (x: x) [ true false (throw "late") ])
  (builtins.any (x: x) [ ])
  (builtins.all (x: x) [ ])
]
