{ outputs = { self }: { value = "many a"; path = self.outPath; src = self.sourceInfo.outPath; up = import ../common.nix; }; }
