builtins.appendContext "s" { "/not/store" = { path = true; }; }
