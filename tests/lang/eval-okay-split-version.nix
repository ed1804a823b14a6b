map builtins.splitVersion [ "" "1.2.3" "1.2-pre4" "nix-2.3pre1234_abc" "..--" "a1b2" "é1" ]
