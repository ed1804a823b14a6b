[ (builtins.concatMap (x: [ x (x * 2) ]) [ 1 2 3 ]) (builtins.concatMap (x: [ ]) [ 1 ]) ]
