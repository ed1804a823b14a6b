let
  mk = n: derivation { name = "d${toString n}"; builder = "b"; system = "s"; deps = if n == 0 then [ ] else [ (mk (n - 1)) (mk' (n - 1)) ]; };
  mk' = n: derivation { name = "e"; builder = "b"; system = "s"; outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; x = n; };
in (mk 10).drvPath
