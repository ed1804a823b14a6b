{ inputs.a.url = "ftp://x/y"; outputs = { self, a }: { x = a; }; }
