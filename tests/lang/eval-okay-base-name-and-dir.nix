[
  (map baseNameOf [ "/a/b" "/a/b/" "/a/b//" "a" "" "/" "//" "a/" "///" /a/b.c /. ])
  (map dirOf [ "/a/b" "/a" "a" "" "/" "a/b/c" "a/b/" "//a" ])
  (map (x: toString (dirOf x)) [ /a/b /a /. ])
]
