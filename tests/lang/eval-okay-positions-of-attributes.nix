let
  pos = name: set: let p = builtins.unsafeGetAttrPos name set; in if p == null then null else [ p.line p.column (baseNameOf p.file) ];
  set = { a = 1; b.c = 2; inherit (set) d; "e" = 4; } // { a = 2; };
in
[
  (pos "a" set)
  (pos "b" set)
  (pos "c" set.b)
  (pos "d" set)
  (pos "e" set)
  (pos "f" set)
  (pos "a" (builtins.mapAttrs (n: v: v) set))
  (pos "a" (builtins.removeAttrs set [ "b" ]))
  (pos "a" (builtins.intersectAttrs { a = 1; } set))
  (pos "x" (builtins.listToAttrs [ { name = "x"; value = 3; } ]))
  (pos "y" (builtins.functionArgs ({ x, y ? 1 }: x)))
  (pos "a" (builtins.groupBy (x: x) [ "a" ]))
]
