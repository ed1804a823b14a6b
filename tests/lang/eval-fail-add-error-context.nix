builtins.addErrorContext "while looking" (builtins.addErrorContext "while trying" (throw "no"))
