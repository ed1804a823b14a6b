{ inputs.a = { url = "path:./a"; flake = "no"; }; outputs = { self, a }: { x = 1; }; }
