let
  inherit (builtins) split;
in
[
  (split "(a)b" "abc")
  (split "([ac])" "abc")
  (split "(a)|(c)" "abc")
  (split "([[:upper:]]+)" " FOO ")
  (split "" "ab")
  (split "x*" "axb")
  (split "," "a,b,,c,")
  (split "," "")
  (split "," "abc")
]
