builtins.genericClosure { startSet = [ { key = 1; a = "x"; } { key = "1"; } ]; operator = x: [ ]; }
