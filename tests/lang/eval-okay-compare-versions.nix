let
  versions = [ "" "1" "1.0" "1.0.0" "1.0pre1" "1.0a" "1.0-1" "2.3" "2.3.1" "2.3a" "2.3pre1" "2.3pre3" "pre" "a" "4294967296" "5" "1..2" "01" "é" "1.+2" ];
in
map (a: map (b: builtins.compareVersions a b) versions) versions
