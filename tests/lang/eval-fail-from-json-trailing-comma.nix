builtins.fromJSON "[1,\n 2,]"
