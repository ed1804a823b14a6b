# Another set, even if it has the same attributes: nothing is repeated.
let
  set = { a = 1; };
in
[ set (removeAttrs set [ "b" ]) (set // { }) ]
