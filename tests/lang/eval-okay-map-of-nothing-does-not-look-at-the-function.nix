[ (map (throw "no") [ ]) (builtins.filter (throw "no") [ ]) (builtins.sort (throw "no") [ ]) ]
