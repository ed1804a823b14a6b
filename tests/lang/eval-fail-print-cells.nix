# What is printed of lists in lists, and of cells that nothing has evaluated.
let
  loop = [ loop ];
  one = [ 1 ];
  t = { a = 1; b = "x"; l = [ 1 ]; };
  all = x: builtins.deepSeq x x;
in
builtins.foldl' (next: x: builtins.trace x next) 1 [
  (all loop)
  (all [ loop ])
  (all [ one one ])
  (all [ t.l t.l ])
  (all (map (x: one) [ 1 2 ]))
  (all (map (x: x) [ one one ]))
  (builtins.seq t [ t.a t.b ])
  (builtins.seq t { inherit (t) a; b = t.b; inherit t; })
  [ derivation ]
]
+ (loop // { })
