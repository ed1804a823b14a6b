# Strings.
{ lib }:
let
  inherit (builtins)
    concatStringsSep
    elem
    filter
    fromJSON
    genList
    head
    isString
    length
    match
    replaceStrings
    stringLength
    substring
    toJSON
    ;
in
rec {
  inherit (builtins)
    compareVersions
    concatStringsSep
    isString
    parseDrvName
    replaceStrings
    stringLength
    substring
    toJSON
    typeOf
    unsafeDiscardStringContext
    ;

  join = concatStringsSep;
  concatStrings = concatStringsSep "";
  concatMapStrings = f: list: concatStrings (map f list);
  concatMapStringsSep =
    sep: f: list:
    concatStringsSep sep (map f list);
  concatImapStrings = f: list: concatStrings (lib.imap1 f list);
  concatImapStringsSep =
    sep: f: list:
    concatStringsSep sep (lib.imap1 f list);
  concatMapAttrsStringSep =
    sep: f: set:
    concatStringsSep sep (lib.mapAttrsToList f set);
  concatLines = concatMapStrings (s: s + "\n");
  intersperse =
    sep: list:
    if length list < 2 then
      list
    else
      lib.tail (
        lib.concatMap (x: [
          sep
          x
        ]) list
      );
  optionalString = cond: s: if cond then s else "";
  fileContents = file: removeSuffix "\n" (builtins.readFile file);

  hasPrefix = prefix: s: substring 0 (stringLength prefix) s == prefix;
  hasSuffix =
    suffix: s:
    let
      n = stringLength suffix;
      len = stringLength s;
    in
    len >= n && substring (len - n) len s == suffix;
  hasInfix =
    infix: s: match ".*${escapeRegex infix}.*" (replaceStrings [ "\n" ] [ " " ] s) != null;
  removePrefix =
    prefix: s: if hasPrefix prefix s then substring (stringLength prefix) (-1) s else s;
  removeSuffix =
    suffix: s: if hasSuffix suffix s then substring 0 (stringLength s - stringLength suffix) s else s;
  commonPrefixLength =
    a: b:
    let
      n = lib.min (stringLength a) (stringLength b);
      go = i: if i >= n || substring i 1 a != substring i 1 b then i else go (i + 1);
    in
    go 0;
  trim =
    s:
    let
      m = match "[ \t\r\n]*(.*[^ \t\r\n])[ \t\r\n]*" s;
    in
    if m == null then "" else head m;

  stringToCharacters = s: genList (i: substring i 1 s) (stringLength s);
  stringAsChars = f: s: concatStrings (map f (stringToCharacters s));
  splitString =
    sep: s:
    map (lib.addContextFrom s) (
      filter isString (builtins.split (escapeRegex (toString sep)) (toString s))
    );
  addContextFrom = src: target: substring 0 0 src + target;

  lowerChars = stringToCharacters "abcdefghijklmnopqrstuvwxyz";
  upperChars = stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  toLower = replaceStrings upperChars lowerChars;
  toUpper = replaceStrings lowerChars upperChars;
  toSentenceCase = s: toUpper (substring 0 1 s) + toLower (substring 1 (stringLength s) s);
  charToInt =
    c:
    let
      printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
      at = lib.findFirst (i: substring i 1 printable == c) null (lib.range 0 94);
    in
    if at == null then throw "charToInt: not a printable ASCII character" else at + 32;

  escape = chars: replaceStrings chars (map (c: "\\${c}") chars);
  escapeRegex = escape (stringToCharacters "\\[{()^$?*+|.");
  escapeShellArg =
    arg:
    let
      s = toString arg;
    in
    if match "[[:alnum:],._+:@%/-]+" s == null then
      "'${replaceStrings [ "'" ] [ "'\\''" ] s}'"
    else
      s;
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;
  isValidPosixName = name: match "[a-zA-Z_][a-zA-Z0-9_]*" name != null;
  toShellVar =
    name: value:
    if builtins.isList value then
      "declare -a ${name}=(${escapeShellArgs value})"
    else
      "${name}=${escapeShellArg value}";
  toShellVars = vars: concatStringsSep "\n" (lib.mapAttrsToList toShellVar vars);
  escapeNixString = s: escape [ "$" ] (toJSON s);
  escapeNixIdentifier =
    s:
    if
      match "[a-zA-Z_][a-zA-Z0-9_'-]*" s != null
      && !elem s [
        "assert"
        "else"
        "if"
        "in"
        "inherit"
        "let"
        "or"
        "rec"
        "then"
        "with"
      ]
    then
      s
    else
      escapeNixString s;
  escapeXML =
    replaceStrings
      [ "&" "<" ">" "\"" "'" ]
      [ "&amp;" "&lt;" "&gt;" "&quot;" "&apos;" ];
  escapeURL =
    let
      plain = stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    in
    stringAsChars (c: if elem c plain then c else "%${lib.toHexString (charToInt c)}");

  makeSearchPath =
    sub: paths: concatStringsSep ":" (map (p: "${p}/${sub}") (filter (p: p != null) paths));
  makeSearchPathOutput =
    output: sub: pkgs:
    makeSearchPath sub (map (lib.getOutput output) pkgs);
  makeBinPath = makeSearchPathOutput "bin" "bin";
  makeLibraryPath = makeSearchPathOutput "lib" "lib";

  versionOlder = v1: v2: builtins.compareVersions v2 v1 == 1;
  versionAtLeast = v1: v2: !versionOlder v1 v2;
  getName =
    let
      ofText = text: (builtins.parseDrvName text).name;
    in
    x: if isString x then ofText x else x.pname or (ofText x.name);
  getVersion =
    let
      ofText = text: (builtins.parseDrvName text).version;
    in
    x: if isString x then ofText x else x.version or (ofText x.name);
  nameFromURL = url: sep: head (splitString sep (lib.last (splitString "/" url)));

  fixedWidthString =
    width: filler: s:
    let
      n = stringLength s;
    in
    if n > width then
      throw "fixedWidthString: ${toString width} is too narrow for a string of ${toString n}"
    else
      concatStrings (lib.replicate (width - n) filler) + s;
  fixedWidthNumber = width: n: fixedWidthString width "0" (toString n);
  toInt =
    s:
    let
      m = match "[[:space:]]*(-?[[:digit:]]+)[[:space:]]*" s;
      digits = head m;
    in
    if m == null then
      throw "toInt: ${toJSON s} is not an integer"
    else if match "-?0[[:digit:]]+" digits != null then
      throw "toInt: ${toJSON s} could be decimal or octal; say toIntBase10"
    else
      fromJSON digits;
  toIntBase10 =
    s:
    let
      m = match "[[:space:]]*(-?)0*([[:digit:]]+)[[:space:]]*" s;
    in
    if m == null then
      throw "toIntBase10: ${toJSON s} is not an integer"
    else
      fromJSON (concatStrings m);

  enableFeature = flag: feature: "--${if flag then "enable" else "disable"}-${feature}";
  cmakeBool = name: flag: "-D${name}:BOOL=${if flag then "TRUE" else "FALSE"}";

  isStringLike = x: isString x || builtins.isPath x || x ? outPath || x ? __toString;
  isConvertibleWithToString =
    x:
    isStringLike x
    || elem (builtins.typeOf x) [
      "null"
      "int"
      "float"
      "bool"
    ]
    || (builtins.isList x && lib.all isConvertibleWithToString x);
  isStorePath =
    x:
    isStringLike x
    && (
      let
        s = toString x;
      in
      substring 0 1 s == "/" && dirOf s == builtins.storeDir
    );
}
