builtins.toJSON { x = [ 1 (y: y) ]; }
