{ inputs = { a.follows = "b/c"; b.url = "git+file:///tmp/flakefs-test-flake/lib"; }; outputs = { self, ... }: { x = 1; }; }
