{ inputs = { a.follows = "b"; b.follows = "c"; c.follows = "b/x"; }; outputs = { self, ... }: { x = 1; }; }
