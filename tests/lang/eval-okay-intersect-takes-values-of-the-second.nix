[
  (builtins.intersectAttrs { a = 1; b = 2; } { b = 3; c = 4; })
  (builtins.intersectAttrs { a = throw "no"; } { a = 3; })
  (builtins.intersectAttrs (builtins.listToAttrs (builtins.genList (n: { name = "n${toString n}"; value = n; }) 100)) { n5 = "five"; x = 1; })
]
