(derivation { name = throw "no name"; builder = "b"; system = "s"; }).drvPath
