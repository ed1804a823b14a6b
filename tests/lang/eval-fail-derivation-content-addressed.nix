(derivation { name = "n"; builder = "b"; system = "s"; __contentAddressed = true; }).drvPath
