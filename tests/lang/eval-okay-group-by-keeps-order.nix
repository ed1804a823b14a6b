builtins.groupBy (builtins.substring 0 1) [ "foo" "bar" "baz" "fa" "b" "" ]
