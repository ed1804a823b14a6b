let
  all = [ 1 1.0 true "s" ./x null { } [ ] (x: x) map ];
in
map (test: map test all) (with builtins; [ isInt isFloat isBool isString isPath isNull isAttrs isList isFunction ])
