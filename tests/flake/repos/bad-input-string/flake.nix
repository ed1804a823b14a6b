{ inputs.a = "x"; outputs = { self, a }: { x = 1; }; }
