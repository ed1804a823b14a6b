{ inputs.a.url = "b" + "c"; outputs = { self, a }: { x = 1; }; }
