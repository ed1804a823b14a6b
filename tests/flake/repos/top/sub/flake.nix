{
  inputs.lib.url = "git+file:///tmp/flakefs-test-flake/lib?ref=refs/tags/v1";
  outputs = { self, lib }: { value = "sub with ${lib.data}"; };
}
