{ inputs = { a.follows = "b"; b.follows = "a"; }; outputs = { self, a, b }: { x = 1; }; }
