{ inputs.a = { type = "git"; url = "file:///x"; foo = "no"; }; outputs = { self, a }: { x = 1; }; }
