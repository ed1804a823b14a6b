# Values as text: configuration files, and Nix itself for messages.
{ lib }:
let
  inherit (builtins)
    concatStringsSep
    isAttrs
    isFloat
    isInt
    isList
    isString
    mapAttrs
    typeOf
    ;
in
rec {
  mkValueStringDefault =
    _: v:
    if v == true then
      "true"
    else if v == false then
      "false"
    else if v == null then
      "null"
    else if isAttrs v && !(v ? outPath) || isList v then
      builtins.toJSON v
    else
      toString v;
  mkKeyValueDefault =
    {
      mkValueString ? mkValueStringDefault { },
    }:
    sep: k: v:
    "${lib.escape [ sep ] k}${sep}${mkValueString v}";
  toKeyValue =
    {
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
      indent ? "",
    }:
    set:
    let
      line = k: v: "${indent}${mkKeyValue k v}\n";
      linesOf = k: v: if listsAsDuplicateKeys && isList v then lib.concatMapStrings (line k) v else line k v;
    in
    lib.concatStrings (lib.mapAttrsToList linesOf set);
  toINI =
    {
      mkSectionName ? (name: lib.escape [ "[" "]" ] name),
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
    }:
    sections:
    concatStringsSep "\n" (
      lib.mapAttrsToList (
        name: values:
        "[${mkSectionName name}]\n" + toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } values
      ) sections
    );
  toGitINI =
    sections:
    lib.concatStrings (
      lib.mapAttrsToList (
        name: values:
        "[${name}]\n" + toKeyValue {
          indent = "\t";
          mkKeyValue = k: v: "${k} = ${mkValueStringDefault { } v}";
        } values
      ) sections
    );
  toJSON = _: builtins.toJSON;
  toYAML = _: builtins.toJSON; # JSON is YAML too

  # Let a printer of endless or very deep values end: what is too deep is cut off.
  withRecursion =
    {
      depthLimit,
      throwOnDepthLimit ? true,
    }:
    let
      # These must stay what they are, or the set would change its meaning.
      special = [
        "__functor"
        "__functionArgs"
        "__toString"
        "__pretty"
      ];
      step =
        depth: name:
        if builtins.elem name special then
          lib.id
        else if depthLimit == null || depth <= depthLimit then
          descend depth
        else if throwOnDepthLimit then
          throw "withRecursion: deeper than ${toString depthLimit}"
        else
          _: "<unevaluated>";
      descend =
        depth: v:
        if isAttrs v then
          mapAttrs (name: step (depth + 1) name) v
        else if isList v then
          map (step (depth + 1) "") v
        else
          v;
    in
    descend 0;

  # A value as a Nix expression, or as near as possible.
  toPretty =
    {
      multiline ? true,
      indent ? "",
    }:
    let
      go =
        indent: v:
        let
          inner = indent + "  ";
          open = if multiline then "\n${inner}" else " ";
          close = if multiline then "\n${indent}" else " ";
          string =
            let
              lines = lib.splitString "\n" v;
            in
            if multiline && builtins.length lines > 1 then
              "''${open}${
                concatStringsSep "\n${inner}" (
                  map (lib.replaceStrings [ "\${" "''" ] [ "''\${" "'''" ]) lines
                )
              }''"
            else
              lib.escapeNixString v;
        in
        if isInt v then
          toString v
        else if isFloat v then
          builtins.toJSON v
        else if isString v then
          string
        else if v == true || v == false || v == null then
          builtins.toJSON v
        else if typeOf v == "path" then
          toString v
        else if isList v then
          if v == [ ] then "[ ]" else "[${open}${lib.concatMapStringsSep open (go inner) v}${close}]"
        else if lib.isFunction v then
          let
            args = lib.functionArgs v;
            shown = lib.mapAttrsToList (n: optional: if optional then "${n}?" else n) args;
          in
          if args == { } then "<function>" else "<function, args: {${concatStringsSep ", " shown}}>"
        else if v ? __pretty && v ? val then
          v.__pretty v.val
        else if v == { } then
          "{ }"
        else if v ? type && v.type == "derivation" then
          "<derivation ${v.name or "???"}>"
        else
          "{${open}${
            concatStringsSep open (
              lib.mapAttrsToList (
                n: value:
                "${lib.escapeNixIdentifier n} = ${
                  builtins.addErrorContext "while printing the attribute `${n}'" (go inner value)
                };"
              ) v
            )
          }${close}}";
    in
    go indent;
}
