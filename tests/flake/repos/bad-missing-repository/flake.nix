{ inputs.a.url = "git+file:///tmp/flakefs-test-flake/none"; outputs = { self, a }: { x = a; }; }
