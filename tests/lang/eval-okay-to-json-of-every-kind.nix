builtins.toJSON {
  int = 1;
  big = 9223372036854775807;
  negative = -5;
  bools = [ true false null ];
  empty = { list = [ ]; set = { }; string = ""; };
  text = "quote \" back \\ slash / tab \t newline \n cr \r é 漢 🙂";
  "odd name" = { b = 1; a = 2; "é" = 3; Z = 4; };
  derivation-like = { outPath = "/out"; name = "ignored"; };
  nested = { outPath = { outPath = "deep"; }; };
  string-like = { __toString = self: "text of ${self.x}"; x = "x"; outPath = throw "not asked for"; };
}
