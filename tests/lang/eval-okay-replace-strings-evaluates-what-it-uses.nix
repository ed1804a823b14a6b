builtins.replaceStrings [ "a" "b" ] [ "1" (throw "not used") ] "aaa"
