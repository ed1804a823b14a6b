[
  (builtins.replaceStrings [ "oo" "a" ] [ "a" "i" ] "foobar")
  (builtins.replaceStrings [ "" ] [ "x" ] "abc")
  (builtins.replaceStrings [ "a" "" ] [ "1" "-" ] "abca")
  (builtins.replaceStrings [ "" "a" ] [ "-" "1" ] "abca")
  (builtins.replaceStrings [ "a" "ab" ] [ "1" "2" ] "abab")
  (builtins.replaceStrings [ "ab" "a" ] [ "2" "1" ] "abaab")
  (builtins.replaceStrings [ ] [ ] "abc")
  (builtins.replaceStrings [ "" ] [ "x" ] "")
  (builtins.replaceStrings [ "aa" ] [ "b" ] "aaaaa")
  (builtins.replaceStrings [ "abc" ] [ "" ] "abcabcab")
  (builtins.replaceStrings [ "\n" ] [ "\\n" ] "a\nb\n")
]
