# Option declarations, and how the definitions of an option are told to a reader.
{ lib }:
let
  inherit (builtins)
    all
    concatStringsSep
    filter
    foldl'
    head
    isAttrs
    isBool
    isFunction
    isInt
    isList
    isString
    length
    mapAttrs
    split
    tail
    tryEval
    ;
  inherit (lib) take;
in
rec {
  unknownModule = "<unknown-file>";
  isOption = lib.isType "option";

  # Attributes, all of them optional: default defaultText example description
  # relatedPackages type apply internal visible readOnly.
  mkOption =
    {
      default ? null,
      defaultText ? null,
      example ? null,
      description ? null,
      relatedPackages ? null,
      type ? null,
      apply ? null,
      internal ? null,
      visible ? null,
      readOnly ? null,
    }@attrs:
    attrs // { _type = "option"; };

  mkEnableOption =
    name:
    mkOption {
      type = lib.types.bool;
      default = false;
      example = true;
      description = "Whether to enable ${name}.";
    };

  # An option for the package to use; `names` say where in pkgs the default is.
  mkPackageOption =
    pkgs: names:
    {
      nullable ? false,
      default ? names,
      example ? null,
      extraDescription ? "",
      pkgsText ? "pkgs",
    }:
    let
      path = lib.toList default;
      text = "${pkgsText}.${concatStringsSep "." path}";
    in
    mkOption (
      {
        type = if nullable then lib.types.nullOr lib.types.package else lib.types.package;
        defaultText = literalExpression text;
        description =
          "The ${concatStringsSep " " (lib.toList names)} package to use."
          + lib.optionalString (extraDescription != "") " ${extraDescription}";
      }
      // lib.optionalAttrs (default != null) {
        default = lib.attrByPath path (throw "${text} doesn't exist") pkgs;
      }
      // lib.optionalAttrs (example != null) {
        example =
          if isAttrs example then
            example
          else
            literalExpression "${pkgsText}.${concatStringsSep "." (lib.toList example)}";
      }
    );

  # For an evaluation of which only a part matters: takes what others define.
  mkSinkUndeclaredOptions =
    attrs:
    mkOption (
      {
        internal = true;
        visible = false;
        default = false;
        description = "Takes the definitions that no option of this evaluation wants.";
        type = lib.mkOptionType {
          name = "sink";
          check = _: true;
          merge = _: _: false;
        };
      }
      // attrs
    );

  literalExpression = text: {
    _type = "literalExpression";
    inherit text;
  };
  literalMD = text: {
    _type = "literalMD";
    inherit text;
  };

  getValues = map (def: def.value);
  getFiles = map (def: def.file);

  # ---- merging: loc -> [ { file, value } ] -> value

  # By the values' own kind, where no type says how.
  mergeDefaultOption =
    loc: defs:
    let
      list = getValues defs;
    in
    if length list == 1 then
      head list
    else if all isFunction list then
      x: mergeDefaultOption loc (map (def: def // { value = def.value x; }) defs)
    else if all isList list then
      builtins.concatLists list
    else if all isAttrs list then
      foldl' lib.mergeAttrs { } list
    else if all isBool list then
      foldl' (a: b: a || b) false list
    else if all isString list then
      lib.concatStrings list
    else if all isInt list && all (x: x == head list) list then
      head list
    else
      throw "It isn't clear how the definitions of `${showOption loc}' in ${showFiles (getFiles defs)} go together.";

  mergeOneOption = mergeUniqueOption { message = ""; };
  mergeUniqueOption =
    {
      message,
      merge ? null,
    }:
    loc: defs:
    if length defs == 1 then
      if merge == null then (head defs).value else merge loc defs
    else
      throw "The option `${showOption loc}' can have only one definition, but has ${toString (length defs)}:${showDefs defs}\n${message}${priorityHint}";

  mergeEqualOption =
    loc: defs:
    if defs == [ ] then
      throw "There is nothing to merge for the option `${showOption loc}'."
    else if length defs == 1 then
      (head defs).value
    else
      (foldl' (
        first: def:
        if def.value == first.value then
          first
        else
          throw "The option `${showOption loc}' has definitions that contradict each other:${
            showDefs [
              first
              def
            ]
          }\n${priorityHint}"
      ) (head defs) (tail defs)).value;

  priorityHint = "One of them can be put above the other by `lib.mkForce value', or below by `lib.mkDefault value'.";

  # ---- for people

  # [ "fileSystems" "/" "device" ] -> fileSystems."/".device
  showOption =
    let
      isPlaceholder = part: part == "*" || builtins.match "<.*>" part != null;
      show = part: if isPlaceholder part then part else lib.escapeNixIdentifier part;
    in
    loc: concatStringsSep "." (map show loc);

  showFiles = files: concatStringsSep " and " (map (f: "`${f}'") files);

  # One line per definition, and the first lines of its value if it has one that
  # can be evaluated.
  showDefs =
    let
      showOne =
        def:
        let
          printed = tryEval (
            lib.generators.toPretty { } (
              lib.generators.withRecursion {
                depthLimit = 10;
                throwOnDepthLimit = false;
              } def.value
            )
          );
          lines = filter isString (split "\n" printed.value);
          shown = take 5 lines ++ lib.optional (length lines > 5) "...";
        in
        "\n- In `${def.file}'"
        + (
          if !printed.success then
            ""
          else if length lines == 1 then
            ": ${printed.value}"
          else
            ":\n    ${concatStringsSep "\n    " shown}"
        );
    in
    lib.concatMapStrings showOne;

  # Every option of a tree as a flat list, for a manual.
  optionAttrSetToDocList = optionAttrSetToDocList' [ ];
  optionAttrSetToDocList' =
    _: options:
    lib.concatMap (
      opt:
      let
        name = showOption opt.loc;
        visible = opt.visible or true;
        sub = opt.type.getSubOptions opt.loc;
        doc = {
          inherit (opt) loc;
          inherit name;
          description = opt.description or null;
          declarations = filter (x: x != unknownModule) opt.declarations;
          internal = opt.internal or false;
          visible = if isBool visible then visible else visible == "shallow";
          readOnly = opt.readOnly or false;
          type = opt.type.description or "unspecified";
        }
        // lib.optionalAttrs (opt ? example) { example = renderOptionValue opt.example; }
        // lib.optionalAttrs (opt ? default || opt ? defaultText) {
          default = renderOptionValue (opt.defaultText or opt.default);
        };
      in
      [ doc ] ++ lib.optionals (visible == true && sub != { }) (optionAttrSetToDocList' opt.loc sub)
    ) (lib.collect isOption options);
  renderOptionValue =
    v: if v ? _type && v ? text then v else literalExpression (lib.generators.toPretty { } v);
  scrubOptionValue =
    x:
    if lib.isDerivation x then
      {
        type = "derivation";
        drvPath = x.name;
        outPath = x.name;
        inherit (x) name;
      }
    else if isList x then
      map scrubOptionValue x
    else if isAttrs x then
      mapAttrs (_: scrubOptionValue) (removeAttrs x [ "_args" ])
    else
      x;
}
