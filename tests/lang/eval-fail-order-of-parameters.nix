# Nix interns a parameter after what is in its function: that comes first.
let
  f = late: { early = builtins.trace "early" 1; late = builtins.trace "late" 1; };
  g = last@{ ... }: { first = throw "first"; last = throw "last"; };
in
f 1 == f 1 && g { } == g { }
