builtins.sort (a: b: null) [ 1 2 ]
