{
  inputs.self.submodules = true;
  outputs = { self }: { files = builtins.readDir ./.; s = self.submodules; sub = builtins.readDir ./sub; };
}
