{ inputs.back.url = "git+file:///tmp/flakefs-test-flake/back"; outputs = { self, back }: { x = 1; }; }
