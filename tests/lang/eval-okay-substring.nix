[
  (builtins.substring 0 3 "nixos")
  (builtins.substring 3 100 "nixos")
  (builtins.substring 5 1 "nixos")
  (builtins.substring 100 1 "nixos")
  (builtins.substring 1 (-1) "nixos")
  (builtins.substring 0 (-5) "nixos")
  (builtins.substring 0 0 "nixos")
  (builtins.substring 9223372036854775807 9223372036854775807 "nixos")
  (builtins.substring 1 1 "é")
  (builtins.substring 0 2 { __toString = self: "abc"; })
  (builtins.substring 0 2 { outPath = "xyz"; })
]
