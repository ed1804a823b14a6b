let d = derivation { name = throw "never"; builder = throw "never"; system = "s"; outputs = [ "out" "dev" ]; };
in [ d.type d.system d.outputName d.dev.outputName (builtins.attrNames d) (d ? outPath) (map (o: o.outputName) d.all) ]
