builtins.addErrorContext (throw "not shown") 1
