map (s: builtins.typeOf (builtins.fromJSON s)) [ "1" "1.0" "1e0" "-1" "-9223372036854775809" "-0" "-0.0" ]
