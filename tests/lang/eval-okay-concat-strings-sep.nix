[
  (builtins.concatStringsSep ", " [ "a" "b" "c" ])
  (builtins.concatStringsSep ", " [ ])
  (builtins.concatStringsSep ", " [ "a" ])
  (builtins.concatStringsSep "" [ "a" "" "b" ])
  (builtins.concatStringsSep "-" [ { outPath = "o"; } { __toString = self: "s"; } ])
]
