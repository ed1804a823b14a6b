# A function equals nothing, unless it is the very same cell.
let
  f = x: x;
  set.f = f;
in
[
  (builtins.elem f [ f ])
  (builtins.elem set.f [ set.f ])
  (builtins.elem f [ (x: x) ])
]
