map (n: builtins.toJSON (builtins.fromJSON "\"${n}\"")) [
  "\\u0001" "\\u0007" "\\b" "\\t" "\\n" "\\u000b" "\\f" "\\r" "\\u001b" "\\u001f" "\\u007f" "\\u0080" "\\/"
]
