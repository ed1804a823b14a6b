# Whatever it gives must be what Nix gives: the comparisons are the same ones.
let
  xs = n: builtins.genList (x: x * 37 - x * 37 / 101 * 101) n;
in
[
  (builtins.sort (a: b: true) [ 3 1 2 ])
  (builtins.sort (a: b: false) [ 3 1 2 ])
  (builtins.sort (a: b: true) (xs 40))
  (builtins.sort (a: b: builtins.bitAnd (a * b) 4 == 0) (xs 70))
  (builtins.sort (a: b: builtins.bitAnd (a + b) 1 == 0) (xs 101))
  (builtins.sort (a: b: builtins.bitXor a b > 30) (xs 101))
]
