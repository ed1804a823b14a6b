{ inputs.a = { url = "path:./a"; foo = "no"; }; outputs = { self, a }: { x = 1; }; }
