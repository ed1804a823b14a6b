let
  n = 20000;
  many = c: builtins.concatStringsSep "" (builtins.genList (_: c) n);
  depth = v: d: if v == [ ] then d else depth (builtins.head v) (d + 1);
in
builtins.isList (builtins.fromJSON (many "[" + many "]"))
