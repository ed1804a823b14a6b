# A cell is equal to itself whatever it holds, and a copy of a value is another
# cell: what is inside is evaluated, and throws.
let
  works = x: (builtins.tryEval x).success;
  t.list = [ (throw "list") ];
  t.set.a = throw "set";
  list = [ (throw "list") ];
  id = x: x;
  second = x: y: builtins.seq x (builtins.seq y ([ x ] == [ y ]));
  inner = x: if builtins.isList x then [ x ] == [ t.list ] else false;
in
{
  same = [
    (works ([ list ] == [ list ]))
    (works (builtins.elem list [ list ]))
    (works (second list list))
    (let copy = id list; in works ([ copy ] == [ copy ]))
    (works (builtins.tryEval list == builtins.tryEval list))
  ];
  copies = [
    (works ([ t.list ] == [ t.list ]))
    (works ([ t.set ] == [ t.set ]))
    (works (second t.list t.list))
    (works (inner t.list))
    (works ([ (id list) ] == [ (id list) ]))
    (works ([ (list ++ [ ]) ] == [ list ]))
    (works ([ (t.set // { }) ] == [ t.set ]))
    (works (with t; [ list ] == [ t.list ]))
    (works ({ inherit (t) set; } == { inherit (t) set; }))
    (works (builtins.tryEval t.list == builtins.tryEval t.list))
  ];
}
