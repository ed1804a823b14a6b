{ inputs.a.follows = "b//?"; outputs = { self, a }: { x = 1; }; }
