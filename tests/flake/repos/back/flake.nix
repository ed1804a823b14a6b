{ inputs.round.url = "git+file:///tmp/flakefs-test-flake/round"; outputs = { self, round }: { x = 2; }; }
