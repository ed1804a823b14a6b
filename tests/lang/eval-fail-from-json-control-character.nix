builtins.fromJSON "[ \"a\tb\" ]"
