{ inputs.a.url = ./a; inputs.b = { url = ./a/data; flake = false; }; outputs = { self, a, b }: { x = a.x; b = builtins.readFile b; p = b.outPath; }; }
