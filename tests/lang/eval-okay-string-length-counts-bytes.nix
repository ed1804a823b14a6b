map builtins.stringLength [ "" "a" "é" "\n" { outPath = "four"; } ]
