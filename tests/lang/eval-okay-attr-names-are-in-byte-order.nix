let
  set = { b = 1; a = 2; B = 3; "" = 4; "a b" = 5; aa = 6; _ = 7; "\t" = 8; };
in
[ (builtins.attrNames set) (builtins.attrValues set) ]
