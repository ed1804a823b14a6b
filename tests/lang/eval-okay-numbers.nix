with builtins;
[
  (add 1 2) (add 1 2.5) (sub 1 2) (mul 3 4) (mul 0.5 4) (div 7 2) (div (-7) 2) (div 7 2.0)
  (bitAnd 12 10) (bitOr 12 10) (bitXor 12 10) (bitAnd (-1) 255) (bitXor (-1) 0)
  (ceil 1.2) (floor 1.8) (ceil (-1.2)) (floor (-1.2)) (ceil 3) (floor (-9223372036854775807 - 1))
  (lessThan 1 2) (lessThan 2.5 2) (lessThan "a" "b") (lessThan [ 1 2 ] [ 1 3 ]) (lessThan ./a ./b)
  (1152921504606846975 + 1) (-1152921504606846976 - 1) (9223372036854775807 - 1)
]
