(builtins.tryEval { x = throw ""; }).success
