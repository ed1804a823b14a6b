let
  inherit (builtins) match;
in
[
  (match "ab" "abc")
  (match "abc" "abc")
  (match "a(b)(c)" "abc")
  (match "[[:space:]]+([[:upper:]]+)[[:space:]]+" "  FOO   ")
  (match "(a)|(b)" "b")
  (match "(a*)*" "aa")
  (match "((a)|b)*" "ab")
  (match "" "")
  (match ".*\\.nix" "a.nix")
  (match "a.b" "a\nb")
  (match "(.*)-([0-9]+)" "x-y-12")
]
