{ inputs.a = { type = "path"; path = "./a"; revCount = -1; }; outputs = { self, a }: { x = 1; }; }
