let
  up = n: builtins.genList (x: x) n;
  down = n: builtins.genList (x: n - x) n;
  sort = builtins.sort builtins.lessThan;
in
[
  (sort (up 20 ++ down 20))
  (sort (down 30 ++ up 5 ++ down 7))
  (sort (up 25 ++ up 25))
  (sort (down 50))
  (sort [ "b" "a" "" "ab" "B" ])
  (sort [ 2.5 1 3 0.5 ])
  (sort [ [ 2 ] [ 1 5 ] [ 1 ] [ ] ])
]
