[ (removeAttrs { x = 1; y = 2; z = 3; } [ "a" "x" "z" "x" ]) (removeAttrs { a = 1; } [ ]) ]
