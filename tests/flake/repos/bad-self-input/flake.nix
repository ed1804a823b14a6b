{ inputs.a.inputs.self.url = "path:./a"; outputs = { self, a }: { x = 1; }; }
