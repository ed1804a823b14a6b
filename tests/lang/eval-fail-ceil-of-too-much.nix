builtins.ceil 1e20
