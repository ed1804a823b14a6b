{ inputs.a.url = "path:../../x"; outputs = { self, a }: { x = a; }; }
