{
  inputs.a.url = "path:../a";
  outputs = { self, a }: { value = "many b, ${a.value}"; inherit a; path = self.outPath; };
}
