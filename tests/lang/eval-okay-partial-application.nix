let
  add3 = builtins.foldl' (a: b: a + b) 3;
  replace = builtins.replaceStrings [ "a" ];
in
[ (add3 [ 1 2 ]) (replace [ "b" ] "aa") (map (builtins.substring 1) [ 1 2 ] != [ ]) ((builtins.elemAt [ 1 2 ]) 1) ]
