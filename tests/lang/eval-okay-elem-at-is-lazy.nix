builtins.elemAt [ (throw "not asked for") 1 ] 1
