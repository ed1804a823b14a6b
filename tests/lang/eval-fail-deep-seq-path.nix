builtins.deepSeq { a.b = [ 1 (throw "here") ]; } 1
