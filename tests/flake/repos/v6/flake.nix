{
  description = "inputs of all sorts";
  inputs = {
    lib.url = "git+file:///tmp/flakefs-test-flake/lib";
    mid = {
      url = "git+file:///tmp/flakefs-test-flake/mid";
      inputs.lib.follows = "lib";
    };
    other.url = "git+file:///tmp/flakefs-test-flake/mid";
    raw = { url = "git+file:///tmp/flakefs-test-flake/raw"; flake = false; };
    sub = { url = "path:./sub"; inputs.lib.follows = "lib"; };
    many.url = "git+file:///tmp/flakefs-test-flake/many?dir=b";
    deep.follows = "mid/lib";
    attrs = { type = "git"; url = "file:///tmp/flakefs-test-flake/many"; dir = "a"; };
  };
  nixConfig.extra-substituters = [ "https://example.org" ];
  outputs = { self, ... }@inputs: {
    lib = inputs.lib.data;
    mid = inputs.mid.value;
    other = inputs.other.value;
    otherRev = inputs.other.rev;
    sub = inputs.sub.value;
    subInfo = inputs.sub.sourceInfo;
    subPath = inputs.sub.outPath;
    many = inputs.many.value;
    manyPath = [ inputs.many.path inputs.many.a.path inputs.many.a.src ];
    deep = inputs.deep.data;
    attrs = inputs.attrs.up;
    raw = builtins.readFile "${inputs.raw}/file";
    rawNames = builtins.attrNames inputs.raw;
    rawInfo = inputs.raw.sourceInfo;
    names = builtins.attrNames inputs;
    selfNames = builtins.attrNames self;
    info = self.sourceInfo;
    libInfo = inputs.lib.sourceInfo;
    self = self.outPath;
    selfInputs = builtins.attrNames self.inputs;
    same = inputs.deep == inputs.lib;
    type = inputs.lib._type;
    drv = (derivation { name = "x"; system = "s"; builder = "${self}/x"; a = inputs.lib; b = ./sub; }).drvPath;
  };
}
