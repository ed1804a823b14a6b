map builtins.typeOf [ 1 1.0 true "s" ./x null { } [ ] (x: x) map (map 1) builtins ]
