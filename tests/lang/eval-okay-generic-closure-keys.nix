let
  keys = list: map (x: x.key) (builtins.genericClosure { startSet = map (key: { inherit key; }) list; operator = x: [ ]; });
in
[
  (keys [ 1 1.0 2 0.5 2.0 ])
  (keys [ "b" "a" "b" ])
  (keys [ [ 1 "a" ] [ 1 ] [ 1 "a" ] [ 0 ] ])
  (keys (builtins.genList (x: x * 7 - x * 7 / 64 * 64) 200))
  (keys [ true ])
]
