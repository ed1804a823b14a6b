{
  description = "a library";
  outputs = { self }: {
    value = "lib";
    names = builtins.attrNames self;
    info = self.sourceInfo;
    path = self.outPath;
    data = builtins.readFile ./data;
    inherit (self) rev shortRev lastModified lastModifiedDate revCount;
  };
}
