# Nothing has looked at the function before: there is no call site.
builtins.mapAttrs (name: value: throw name) { a = 1; b = 2; }
