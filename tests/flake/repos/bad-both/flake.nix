{ inputs.a = { url = "path:./a"; follows = "b"; }; outputs = { self, a }: { x = 1; }; }
