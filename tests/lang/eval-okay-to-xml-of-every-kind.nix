builtins.toXML {
  int = -1;
  float = [ 1.0 1.5 0.1 1.0e20 123456789.0 (1.0 / 3) ];
  bool = [ true false null ];
  string = "<a href=\"x\">&amp;'\n\t é";
  empty = { list = [ ]; set = { }; };
  lambda = [ (x: x) ({ b, a ? 1 }: a) ({ ... }@all: all) (all@{ x }: x) (a: b: a) ];
  partial = [ ((a: b: a) 1) builtins.map (builtins.map 1) ];
  path = /a/b;
}
