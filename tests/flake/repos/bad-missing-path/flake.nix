{ inputs.a.url = "path:./missing"; outputs = { self, a }: { x = a; }; }
