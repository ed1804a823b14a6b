let forms = [ "base16" "nix32" "base64" "sri" ]; h = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
in map (f: builtins.convertHash { hash = h; toHashFormat = f; }) forms
  ++ map (f: builtins.convertHash { hash = builtins.convertHash { hash = h; toHashFormat = f; }; hashAlgo = "sha256"; toHashFormat = "sri"; }) forms
  ++ map (a: builtins.hashString a "abc") [ "md5" "sha1" "sha256" "sha512" ]
