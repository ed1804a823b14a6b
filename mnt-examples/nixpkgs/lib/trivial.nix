# Small functions that need no subject of their own.
{ lib }:
rec {
  release = "25.11";
  versionSuffix = "-example";
  version = release + versionSuffix;
  codeName = "Stand-in";
  oldestSupportedRelease = 2505;
  isInOldestRelease = oldestSupportedReleaseIsAtLeast;
  oldestSupportedReleaseIsAtLeast = number: number <= oldestSupportedRelease;

  # No git history is at hand in a stand-in.
  revisionWithDefault = default: default;
  inPureEvalMode = !(builtins ? currentSystem);

  id = x: x;
  const = x: _: x;
  flip =
    f: a: b:
    f b a;
  pipe = builtins.foldl' (x: f: f x);
  concat = x: y: x ++ y;
  mergeAttrs = x: y: x // y;
  mapNullable = f: a: if a == null then null else f a;
  defaultTo = default: x: if x == null then default else x;

  or = x: y: x || y;
  and = x: y: x && y;
  xor = x: y: x != y;
  boolToString = b: if b then "true" else "false";
  boolToYesNo = b: if b then "yes" else "no";

  min = x: y: if x < y then x else y;
  max = x: y: if x > y then x else y;
  mod = base: int: base - (int * (builtins.div base int));
  compare =
    a: b:
    if a < b then
      -1
    else if a > b then
      1
    else
      0;
  splitByAndCompare =
    p: yes: no: a: b:
    if p a then
      if p b then yes a b else -1
    else if p b then
      1
    else
      no a b;

  toHexString =
    n:
    let
      digits = "0123456789ABCDEF";
      go = i: (if i < 16 then "" else go (i / 16)) + builtins.substring (mod i 16) 1 digits;
    in
    go n;
  fromHexString = s: (builtins.fromTOML "n = 0x${lib.removePrefix "0x" (lib.toLower s)}").n;

  importJSON = path: builtins.fromJSON (builtins.readFile path);
  importTOML = path: builtins.fromTOML (builtins.readFile path);

  warn = msg: builtins.trace "evaluation warning: ${msg}";
  warnIf = cond: msg: if cond then warn msg else id;
  warnIfNot = cond: msg: if cond then id else warn msg;
  throwIf = cond: msg: if cond then throw msg else id;
  throwIfNot = cond: msg: if cond then id else throw msg;
  showWarnings = warnings: res: lib.foldr warn res warnings;

  # A set with __functor can be called too; it may carry its own argument names.
  isFunction = f: builtins.isFunction f || (f ? __functor && isFunction (f.__functor f));
  functionArgs =
    f:
    if f ? __functor then
      f.__functionArgs or (functionArgs (f.__functor f))
    else
      builtins.functionArgs f;
  setFunctionArgs = f: args: {
    __functor = _: f;
    __functionArgs = args;
  };
  toFunction = v: if isFunction v then v else _: v;
}
