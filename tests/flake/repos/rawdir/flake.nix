{
  inputs.raw.url = "git+file:///tmp/flakefs-test-flake/many?dir=a";
  inputs.raw.flake = false;
  outputs = { self, raw }: { path = raw.outPath; names = builtins.attrNames raw; };
}
