let
  e = { x = [ (throw "deep") ]; };
  loop = { self = loop; n = 1; };
in
[ (builtins.tryEval (builtins.seq e 1)) (builtins.tryEval (builtins.deepSeq e 1)) (builtins.deepSeq loop 3) ]
