# Lists.
{ lib }:
rec {
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    groupBy
    head
    isList
    length
    partition
    sort
    tail
    ;

  singleton = x: [ x ];
  forEach = xs: f: map f xs;
  optional = cond: x: if cond then [ x ] else [ ];
  optionals = cond: xs: if cond then xs else [ ];
  toList = x: if isList x then x else [ x ];
  replicate = n: x: genList (_: x) n;

  foldr =
    op: nul: list:
    let
      len = length list;
      go = i: if i == len then nul else op (elemAt list i) (go (i + 1));
    in
    go 0;
  foldl =
    op: nul: list:
    let
      go = i: if i < 0 then nul else op (go (i - 1)) (elemAt list i);
    in
    go (length list - 1);

  imap0 = f: list: genList (n: f n (elemAt list n)) (length list);
  imap1 = f: imap0 (n: f (n + 1));

  flatten = x: if isList x then concatMap flatten x else [ x ];
  remove = e: filter (x: x != e);
  count = pred: foldl' (n: x: if pred x then n + 1 else n) 0;

  findSingle =
    pred: default: multiple: list:
    let
      found = filter pred list;
    in
    if found == [ ] then
      default
    else if length found > 1 then
      multiple
    else
      head found;
  findFirst =
    pred: default: list:
    let
      found = filter pred list;
    in
    if found == [ ] then default else head found;

  range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);
  reverseList =
    xs:
    let
      len = length xs;
    in
    genList (n: elemAt xs (len - n - 1)) len;

  sublist =
    start: count: list:
    let
      len = length list;
      n = lib.max 0 (lib.min count (len - start));
    in
    genList (i: elemAt list (start + i)) n;
  take = sublist 0;
  drop = count: list: sublist count (length list) list;
  dropEnd = count: list: take (length list - count) list;
  last = list: if list == [ ] then throw "lists.last: the list is empty" else elemAt list (length list - 1);
  init = list: if list == [ ] then throw "lists.init: the list is empty" else take (length list - 1) list;
  hasPrefixList = prefix: list: take (length prefix) list == prefix;

  zipListsWith =
    f: fst: snd:
    genList (n: f (elemAt fst n) (elemAt snd n)) (lib.min (length fst) (length snd));
  zipLists = zipListsWith (fst: snd: { inherit fst snd; });
  crossLists = f: foldl (fs: args: concatMap (f: map f args) fs) [ f ];

  unique = foldl' (acc: x: if elem x acc then acc else acc ++ [ x ]) [ ];
  uniqueStrings = list: builtins.attrNames (groupBy (x: x) list);
  intersectLists = e: filter (x: elem x e);
  subtractLists = e: filter (x: !(elem x e));
  mutuallyExclusive = a: b: !(any (x: elem x b) a);

  sortOn = key: sort (a: b: key a < key b);

  # Order of people: file2 comes before file10.
  naturalSort =
    let
      pieces =
        s: map (p: if isList p then lib.toIntBase10 (head p) else p) (builtins.split "(0|[1-9][0-9]*)" s);
      less =
        a: b:
        if a == [ ] then
          b != [ ]
        else if b == [ ] then
          false
        else if head a == head b then
          less (tail a) (tail b)
        else if builtins.typeOf (head a) == builtins.typeOf (head b) then
          head a < head b
        else
          toString (head a) < toString (head b);
    in
    sort (a: b: less (pieces a) (pieces b));

  # Depth first: start with the first of the list and follow `before` backwards.
  listDfs =
    stopOnCycles: before: list:
    let
      go =
        us: visited: rest:
        let
          c = filter (x: before x us) visited;
          b = partition (x: before x us) rest;
        in
        if stopOnCycles && c != [ ] then
          {
            cycle = us;
            loops = c;
            inherit visited rest;
          }
        else if b.right == [ ] then
          {
            minimal = us;
            inherit visited rest;
          }
        else
          go (head b.right) ([ us ] ++ visited) (tail b.right ++ b.wrong);
    in
    go (head list) [ ] (tail list);

  toposort =
    before: list:
    let
      first = listDfs true before list;
      others = toposort before (first.visited ++ first.rest);
    in
    if length list < 2 then
      { result = list; }
    else if first ? cycle then
      {
        cycle = reverseList ([ first.cycle ] ++ first.visited);
        inherit (first) loops;
      }
    else if others ? cycle then
      others
    else
      { result = [ first.minimal ] ++ others.result; };
}
