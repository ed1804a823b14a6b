builtins.attrNames (builtins.getContext (builtins.toJSON {
  a = builtins.toFile "one" "1";
  b = [ (builtins.toFile "two" "2") { __toString = _: builtins.toFile "three" "3"; } ];
  c = ./eval-okay-to-json-unites-contexts.nix;
})) == [ ]
