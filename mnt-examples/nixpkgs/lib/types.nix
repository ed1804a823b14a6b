# Option types: what values an option takes, and how several become one.
#
# A type is a set with `_type = "option-type"`:
#
#   name description descriptionClass   for people
#   check        value -> bool, looking at the outermost constructor only
#   merge        loc -> [ { file, value } ] -> value
#   emptyValue   { value } if there is a value for "nothing defined", else { }
#   getSubOptions getSubModules substSubModules    for types with submodules
#   typeMerge functor       for an option that is declared twice
#   nestedTypes deprecationMessage
{ lib }:
let
  inherit (builtins)
    all
    attrNames
    concatLists
    concatStringsSep
    elem
    filter
    foldl'
    hasContext
    head
    intersectAttrs
    isAttrs
    isBool
    isFloat
    isFunction
    isInt
    isList
    isPath
    isString
    length
    mapAttrs
    match
    substring
    tail
    toJSON
    typeOf
    zipAttrsWith
    ;
  inherit (lib)
    concatMapStringsSep
    filterAttrs
    imap1
    isDerivation
    isStorePath
    isStringLike
    last
    mergeDefaultOption
    mergeEqualOption
    mergeOneOption
    optionalAttrs
    showDefs
    showFiles
    showOption
    toDerivation
    toList
    unique
    ;
  inherit (lib.options) getFiles getValues mergeUniqueOption;
  inherit (lib.modules) evalModules fixupOptionType mergeDefinitions mergeOptionDecls;

  # A type's description inside another's, in parentheses if it would be read wrongly.
  phrase =
    classes: t: if elem (t.descriptionClass or null) classes then t.description else "(${t.description})";

  # How a type with an element type is put together again with another one.
  elemFunctor = name: build: elemType: {
    inherit name;
    type = payload: build payload.elemType;
    payload = { inherit elemType; };
    binOp =
      a: b:
      let
        merged = a.elemType.typeMerge b.elemType.functor;
      in
      if merged == null then null else { elemType = merged; };
    # Older code looks at the wrapped type in this place.
    wrapped = elemType;
  };

  showValue =
    v:
    if isString v then
      "\"${v}\""
    else if isInt v then
      toString v
    else if isBool v then
      lib.boolToString v
    else
      "<${typeOf v}>";

  # Definitions of attribute sets -> for every name its definitions.
  byName =
    merge: defs:
    zipAttrsWith merge (
      map (def: mapAttrs (_: value: { inherit (def) file; inherit value; }) def.value) defs
    );
in
rec {
  isType = type: x: (x._type or "") == type;
  setType = name: value: value // { _type = name; };
  isOptionType = isType "option-type";

  defaultFunctor = name: {
    inherit name;
    type = lib.types.${name} or null;
    payload = null;
    binOp = _: _: null;
  };
  defaultTypeMerge =
    f: f':
    let
      merged = f.binOp f.payload f'.payload;
    in
    if f.name != f'.name then
      null
    else if f.payload == null then
      f.type
    else if merged == null then
      null
    else
      f.type merged;

  mkOptionType =
    {
      name,
      description ? null,
      descriptionClass ? null,
      check ? (_: true),
      merge ? mergeDefaultOption,
      emptyValue ? { },
      getSubOptions ? (_: { }),
      getSubModules ? null,
      substSubModules ? (_: null),
      functor ? defaultFunctor name,
      typeMerge ? defaultTypeMerge functor,
      deprecationMessage ? null,
      nestedTypes ? { },
    }:
    {
      _type = "option-type";
      description = if description == null then name else description;
      inherit
        name
        descriptionClass
        check
        merge
        emptyValue
        getSubOptions
        getSubModules
        substSubModules
        functor
        typeMerge
        deprecationMessage
        nestedTypes
        ;
    };

  addCheck = elemType: check: elemType // { check = x: elemType.check x && check x; };

  # ---- single values

  unspecified = mkOptionType {
    name = "unspecified";
    description = "unspecified value";
    descriptionClass = "noun";
  };
  raw = mkOptionType {
    name = "raw";
    description = "raw value";
    descriptionClass = "noun";
    merge = mergeOneOption;
  };
  bool = mkOptionType {
    name = "bool";
    description = "boolean";
    descriptionClass = "noun";
    check = isBool;
    merge = mergeEqualOption;
  };
  boolByOr = mkOptionType {
    name = "boolByOr";
    description = "boolean (merged using or)";
    descriptionClass = "noun";
    check = isBool;
    merge = _: foldl' (any: def: any || def.value) false;
  };
  int = mkOptionType {
    name = "int";
    description = "signed integer";
    descriptionClass = "noun";
    check = isInt;
    merge = mergeEqualOption;
  };
  float = mkOptionType {
    name = "float";
    description = "floating point number";
    descriptionClass = "noun";
    check = isFloat;
    merge = mergeEqualOption;
  };
  number = either int float;

  ints =
    let
      between =
        lowest: highest:
        addCheck int (x: x >= lowest && x <= highest)
        // {
          name = "intBetween";
          description = "integer between ${toString lowest} and ${toString highest} (both inclusive)";
        };
      sized =
        name: text: lowest: highest:
        between lowest highest
        // {
          inherit name;
          description = "${text}; between ${toString lowest} and ${toString highest} (both inclusive)";
        };
      unsignedOf = bits: sized "unsignedInt${toString bits}" "${toString bits} bit unsigned integer" 0;
      signedOf = bits: sized "signedInt${toString bits}" "${toString bits} bit signed integer";
      above =
        name: adjective: relation: check:
        addCheck int check
        // {
          inherit name;
          description = "${adjective} integer, meaning ${relation}";
          descriptionClass = "nonRestrictiveClause";
        };
    in
    {
      inherit between;
      unsigned = above "unsignedInt" "unsigned" ">=0" (x: x >= 0);
      positive = above "positiveInt" "positive" ">0" (x: x > 0);
      u8 = unsignedOf 8 255;
      u16 = unsignedOf 16 65535;
      u32 = unsignedOf 32 4294967295;
      s8 = signedOf 8 (-128) 127;
      s16 = signedOf 16 (-32768) 32767;
      s32 = signedOf 32 (-2147483648) 2147483647;
    };
  port = ints.u16;

  numbers = {
    between =
      lowest: highest:
      addCheck number (x: x >= lowest && x <= highest)
      // {
        name = "numberBetween";
        description = "integer or floating point number between ${toJSON lowest} and ${toJSON highest} (both inclusive)";
      };
    nonnegative = addCheck number (x: x >= 0) // {
      name = "numberNonnegative";
      description = "nonnegative integer or floating point number, meaning >=0";
      descriptionClass = "nonRestrictiveClause";
    };
    positive = addCheck number (x: x > 0) // {
      name = "numberPositive";
      description = "positive integer or floating point number, meaning >0";
      descriptionClass = "nonRestrictiveClause";
    };
  };

  str = mkOptionType {
    name = "str";
    description = "string";
    descriptionClass = "noun";
    check = isString;
    merge = mergeEqualOption;
  };
  nonEmptyStr = mkOptionType {
    name = "nonEmptyStr";
    description = "non-empty string";
    descriptionClass = "noun";
    check = x: isString x && match "[ \t\n]*" x == null;
    merge = mergeEqualOption;
  };
  singleLineStr = mkOptionType {
    name = "singleLineStr";
    description = "(optionally newline-terminated) single-line string";
    descriptionClass = "noun";
    check = x: isString x && match "[^\n\r]*\n?" x != null;
    merge = loc: defs: lib.removeSuffix "\n" (mergeEqualOption loc defs);
  };
  strMatching =
    pattern:
    mkOptionType {
      name = "strMatching ${lib.escapeNixString pattern}";
      description = "string matching the pattern ${pattern}";
      descriptionClass = "noun";
      check = x: isString x && match pattern x != null;
      merge = mergeEqualOption;
      functor = defaultFunctor "strMatching" // {
        type = payload: strMatching payload.pattern;
        payload = { inherit pattern; };
        binOp = a: b: if a == b then a else null;
      };
    };
  separatedString =
    sep:
    mkOptionType {
      name = "separatedString";
      description = "strings concatenated with ${toJSON sep}";
      descriptionClass = "noun";
      check = isString;
      merge = _: defs: concatStringsSep sep (getValues defs);
      functor = defaultFunctor "separatedString" // {
        type = payload: separatedString payload.sep;
        payload = { inherit sep; };
        binOp = a: b: if a == b then a else null;
      };
    };
  lines = separatedString "\n";
  commas = separatedString ",";
  commaSeparatedString = commas;
  envVar = separatedString ":";
  passwdEntry =
    entryType:
    addCheck entryType (s: !(lib.hasInfix ":" s || lib.hasInfix "\n" s))
    // {
      name = "passwdEntry ${entryType.name}";
      description = "${phrase [ "noun" ] entryType}, not containing newlines or colons";
      descriptionClass = "nonRestrictiveClause";
    };

  path = pathWith { absolute = true; };
  pathInStore = pathWith { inStore = true; };
  externalPath = pathWith {
    absolute = true;
    inStore = false;
  };
  pathWith =
    {
      inStore ? null,
      absolute ? null,
    }:
    mkOptionType {
      name = "path";
      description =
        (
          if absolute == null then
            ""
          else if absolute then
            "absolute "
          else
            "relative "
        )
        + "path"
        + (
          if inStore == null then
            ""
          else if inStore then
            " in the Nix store"
          else
            " not in the Nix store"
        );
      descriptionClass = "noun";
      check =
        x:
        let
          text = toString x;
          isInStore = lib.hasPrefix "${builtins.storeDir}/" (builtins.unsafeDiscardStringContext text);
        in
        # A path that must not be in the store can't be a path value, which would be copied there.
        (if inStore == false then isString x else isStringLike x)
        && (inStore == null || inStore == isInStore)
        && (absolute == null || absolute == (substring 0 1 text == "/"));
      merge = mergeEqualOption;
      functor = defaultFunctor "path" // {
        type = pathWith;
        payload = { inherit inStore absolute; };
        binOp = a: b: if a == b then a else null;
      };
    };

  package = mkOptionType {
    name = "package";
    descriptionClass = "noun";
    check = x: isDerivation x || isStorePath x;
    merge =
      loc: defs:
      let
        res = mergeOneOption loc defs;
      in
      if isPath res || (isString res && !hasContext res) then toDerivation res else res;
  };
  shellPackage = package // {
    check = x: isDerivation x && x ? shellPath;
  };
  pkgs =
    addCheck (unique { message = "A package set can't be merged with another."; } attrs) (
      x: (x._type or null) == "pkgs"
    )
    // {
      name = "pkgs";
      description = "Nixpkgs package set";
      descriptionClass = "noun";
    };

  attrs = mkOptionType {
    name = "attrs";
    description = "attribute set";
    check = isAttrs;
    merge = _: foldl' (res: def: res // def.value) { };
    emptyValue.value = { };
  };

  # Whatever it is: sets are merged at every depth, anything else must be equal.
  anything = mkOptionType {
    name = "anything";
    description = "anything";
    descriptionClass = "noun";
    merge =
      loc: defs:
      let
        kind = v: if isAttrs v && isStringLike v then "package" else typeOf v;
        common = foldl' (
          k: def:
          if kind def.value == k then
            k
          else
            throw "The definitions of the option `${showOption loc}' in ${showFiles (getFiles defs)} are of different types."
        ) (kind (head defs).value) defs;
      in
      {
        set = (attrsOf anything).merge;
        package = mergeOneOption;
        lambda =
          loc': defs': arg:
          anything.merge (loc' ++ [ "<function body>" ]) (
            map (def: { inherit (def) file; value = def.value arg; }) defs'
          );
      }
      .${common} or mergeEqualOption
        loc
        defs;
  };

  # ---- containers

  listOf =
    elemType:
    mkOptionType {
      name = "listOf";
      description = "list of ${phrase [ "noun" "composite" ] elemType}";
      descriptionClass = "composite";
      check = isList;
      # Elements are options of their own: one can be switched off by mkIf.
      merge =
        loc: defs:
        let
          element =
            n: def: m: value:
            mergeDefinitions (loc ++ [ "[definition ${toString n}-entry ${toString m}]" ]) elemType [
              {
                inherit (def) file;
                inherit value;
              }
            ];
        in
        map (e: e.value) (
          filter (e: e ? value) (
            map (e: e.optionalValue) (concatLists (imap1 (n: def: imap1 (element n def) def.value) defs))
          )
        );
      emptyValue.value = [ ];
      getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "*" ]);
      inherit (elemType) getSubModules;
      substSubModules = m: listOf (elemType.substSubModules m);
      functor = elemFunctor "listOf" listOf elemType;
      nestedTypes = { inherit elemType; };
    };
  nonEmptyListOf =
    elemType:
    let
      list = addCheck (listOf elemType) (l: l != [ ]);
    in
    list
    // {
      description = "non-empty ${phrase [ "noun" ] list}";
      emptyValue = { };
      substSubModules = m: nonEmptyListOf (elemType.substSubModules m);
    };

  attrsOf = elemType: attrsWith { inherit elemType; };
  # Lazy in its values, for the price that a name defined by `mkIf false` is there.
  lazyAttrsOf =
    elemType:
    attrsWith {
      inherit elemType;
      lazy = true;
    };
  attrsWith =
    {
      elemType,
      lazy ? false,
      placeholder ? "name",
    }:
    mkOptionType {
      name = if lazy then "lazyAttrsOf" else "attrsOf";
      description =
        (if lazy then "lazy attribute set of " else "attribute set of ")
        + phrase [
          "noun"
          "composite"
        ] elemType;
      descriptionClass = "composite";
      check = isAttrs;
      merge =
        loc: defs:
        let
          merged = byName (name: mergeDefinitions (loc ++ [ name ]) elemType) defs;
        in
        if lazy then
          mapAttrs (_: m: m.optionalValue.value or elemType.emptyValue.value or m.mergedValue) merged
        else
          mapAttrs (_: m: m.optionalValue.value) (filterAttrs (_: m: m.optionalValue ? value) merged);
      emptyValue.value = { };
      getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "<${placeholder}>" ]);
      inherit (elemType) getSubModules;
      substSubModules =
        m:
        attrsWith {
          elemType = elemType.substSubModules m;
          inherit lazy placeholder;
        };
      functor = elemFunctor "attrsWith" (t: attrsOf t) elemType // {
        type = attrsWith;
        payload = { inherit elemType lazy placeholder; };
        binOp =
          a: b:
          let
            merged = a.elemType.typeMerge b.elemType.functor;
          in
          if merged == null || a.lazy != b.lazy then
            null
          else if a.placeholder != b.placeholder && a.placeholder != "name" && b.placeholder != "name" then
            null
          else
            {
              elemType = merged;
              inherit (a) lazy;
              placeholder = if a.placeholder == "name" then b.placeholder else a.placeholder;
            };
      };
      nestedTypes = { inherit elemType; };
    };

  # A set with exactly one attribute, whose name says which kind of value it has.
  attrTag =
    tags:
    let
      choices = concatMapStringsSep ", " lib.escapeNixIdentifier (attrNames tags);
    in
    mkOptionType {
      name = "attrTag";
      description = "attribute-tagged union with choices: ${choices}";
      descriptionClass = "noun";
      check = v: isAttrs v && length (attrNames v) == 1 && tags ? ${head (attrNames v)};
      merge =
        loc: defs:
        let
          choice = head (attrNames (head defs).value);
          opt = tags.${choice} // {
            declarations = tags.${choice}.declarations or [ ];
          };
        in
        {
          ${choice} =
            (lib.modules.evalOptionValue (loc ++ [ choice ]) opt (
              map (def: {
                inherit (def) file;
                value =
                  def.value.${choice}
                    or (throw "The option `${showOption loc}' is defined as more than one of: ${choices}.");
              }) defs
            )).value;
        };
      getSubOptions = prefix: mapAttrs (n: opt: opt // { loc = prefix ++ [ n ]; }) tags;
      nestedTypes = tags;
      functor = defaultFunctor "attrTag" // {
        type = payload: attrTag payload.tags;
        payload = { inherit tags; };
        binOp = a: b: if intersectAttrs a.tags b.tags == { } then { tags = a.tags // b.tags; } else null;
      };
    };

  unique =
    { message }:
    type:
    mkOptionType {
      name = "unique";
      inherit (type)
        description
        descriptionClass
        check
        emptyValue
        getSubOptions
        getSubModules
        ;
      merge = mergeUniqueOption {
        inherit message;
        inherit (type) merge;
      };
      substSubModules = m: unique { inherit message; } (type.substSubModules m);
      functor = elemFunctor "unique" (unique { inherit message; }) type;
      nestedTypes.elemType = type;
    };
  uniq = unique { message = ""; };

  nullOr =
    elemType:
    mkOptionType {
      name = "nullOr";
      description = "null or ${
        phrase [
          "noun"
          "conjunction"
        ] elemType
      }";
      descriptionClass = "conjunction";
      check = x: x == null || elemType.check x;
      merge =
        loc: defs:
        let
          nulls = filter (def: def.value == null) defs;
        in
        if nulls == [ ] then
          elemType.merge loc defs
        else if length nulls == length defs then
          null
        else
          throw "The option `${showOption loc}' is defined both as null and as something else, in ${showFiles (getFiles defs)}.";
      emptyValue.value = null;
      inherit (elemType) getSubOptions getSubModules;
      substSubModules = m: nullOr (elemType.substSubModules m);
      functor = elemFunctor "nullOr" nullOr elemType;
      nestedTypes = { inherit elemType; };
    };

  functionTo =
    elemType:
    mkOptionType {
      name = "functionTo";
      description = "function that evaluates to a(n) ${
        phrase [
          "noun"
          "composite"
        ] elemType
      }";
      descriptionClass = "composite";
      check = lib.isFunction;
      merge = loc: defs: {
        __functionArgs = mapAttrs (_: all (b: b)) (
          zipAttrsWith (_: bs: bs) (map (def: lib.functionArgs def.value) defs)
        );
        __functor =
          _: arg:
          (mergeDefinitions (loc ++ [ "<function body>" ]) elemType (
            map (def: { inherit (def) file; value = def.value arg; }) defs
          )).mergedValue;
      };
      getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "<function body>" ]);
      inherit (elemType) getSubModules;
      substSubModules = m: functionTo (elemType.substSubModules m);
      functor = elemFunctor "functionTo" functionTo elemType;
      nestedTypes = { inherit elemType; };
    };

  # ---- modules as values

  submodule =
    modules:
    submoduleWith {
      shorthandOnlyDefinesConfig = true;
      modules = toList modules;
    };

  submoduleWith =
    {
      modules,
      specialArgs ? { },
      # A set given as a value is `config`, and can't have imports or options.
      shorthandOnlyDefinesConfig ? false,
      description ? null,
      class ? null,
    }@attrs:
    let
      asModule =
        { file, value }:
        {
          _file = file;
        }
        // (
          if isAttrs value && shorthandOnlyDefinesConfig == true then
            { config = value; }
          else
            { imports = [ value ]; }
        );
      base = evalModules {
        inherit specialArgs class;
        # Without a name yet: for the documentation, and for the freeform type.
        modules = [ { _module.args.name = lib.mkOptionDefault "‹name›"; } ] ++ modules;
      };
      # For documentation, where nothing is defined and nothing shall be checked.
      undocumented = {
        _file = "<documentation>";
        config._module.check = lib.mkForce false;
      };
      inherit (base._module) freeformType;
      same =
        what: a: b:
        if a == null then
          b
        else if b == null || a == b then
          a
        else
          throw "A submodule is declared twice, with different ${what}.";
    in
    mkOptionType {
      name = "submodule";
      description =
        let
          docs = base.extendModules { modules = [ undocumented ]; };
          free = docs._module.freeformType;
        in
        if description != null then
          description
        else if free ? description then
          "open submodule of ${phrase [ "noun" "composite" ] free}"
        else
          "submodule";
      check = x: isAttrs x || isFunction x || path.check x;
      merge =
        loc: defs:
        (base.extendModules {
          modules = [ { _module.args.name = last loc; } ] ++ map asModule defs;
          prefix = loc;
        }).config;
      emptyValue.value = { };
      getSubOptions =
        prefix:
        let
          docs = base.extendModules {
            inherit prefix;
            modules = [ undocumented ];
          };
          free = docs._module.freeformType;
        in
        docs.options // optionalAttrs (free != null) { _freeformOptions = free.getSubOptions prefix; };
      getSubModules = modules;
      substSubModules = m: submoduleWith (attrs // { modules = m; });
      nestedTypes = optionalAttrs (freeformType != null) { inherit freeformType; };
      functor = defaultFunctor "submodule" // {
        type = submoduleWith;
        payload = {
          inherit
            modules
            specialArgs
            shorthandOnlyDefinesConfig
            description
            class
            ;
        };
        binOp = a: b: {
          modules = a.modules ++ b.modules;
          specialArgs =
            let
              both = intersectAttrs a.specialArgs b.specialArgs;
            in
            if both == { } then
              a.specialArgs // b.specialArgs
            else
              throw "A submodule is declared twice, with the same specialArgs: ${toString (attrNames both)}.";
          shorthandOnlyDefinesConfig =
            same "ideas of its shorthand" a.shorthandOnlyDefinesConfig
              b.shorthandOnlyDefinesConfig;
          description = same "descriptions" a.description b.description;
          class = same "classes" a.class b.class;
        };
      };
    };

  # A module kept as one, to be imported somewhere else.
  deferredModule = deferredModuleWith { };
  deferredModuleWith =
    {
      staticModules ? [ ],
    }@attrs:
    mkOptionType {
      name = "deferredModule";
      description = "module";
      descriptionClass = "noun";
      check = x: isAttrs x || isFunction x || path.check x;
      merge = loc: defs: {
        imports =
          staticModules
          ++ map (
            def: lib.setDefaultModuleLocation "${def.file}, via option ${showOption loc}" def.value
          ) defs;
      };
      inherit (submoduleWith { modules = staticModules; }) getSubOptions getSubModules;
      substSubModules = m: deferredModuleWith (attrs // { staticModules = m; });
      functor = defaultFunctor "deferredModuleWith" // {
        type = deferredModuleWith;
        payload = { inherit staticModules; };
        binOp = a: b: { staticModules = a.staticModules ++ b.staticModules; };
      };
    };

  optionType = mkOptionType {
    name = "optionType";
    descriptionClass = "noun";
    check = isOptionType;
    merge =
      loc: defs:
      if length defs == 1 then
        (head defs).value
      else
        (fixupOptionType loc (
          mergeOptionDecls loc (
            map (def: {
              _file = def.file;
              pos = null;
              options = lib.mkOption { type = def.value; };
            }) defs
          )
        )).type;
  };

  # ---- choices

  enum =
    values:
    mkOptionType {
      name = "enum";
      description =
        if values == [ ] then
          "impossible (empty enum)"
        else if length values == 1 then
          "value ${showValue (head values)} (singular enum)"
        else
          "one of ${concatMapStringsSep ", " showValue values}";
      descriptionClass = if length values < 2 then "noun" else "conjunction";
      check = x: elem x values;
      merge = mergeEqualOption;
      functor = defaultFunctor "enum" // {
        type = payload: enum payload.values;
        payload = { inherit values; };
        binOp = a: b: { values = lib.unique (a.values ++ b.values); };
      };
    };

  either =
    t1: t2:
    mkOptionType {
      name = "either";
      description =
        if t1.descriptionClass or null == "nonRestrictiveClause" then
          "${t1.description}, or ${phrase [ "noun" "conjunction" ] t2}"
        else
          "${phrase [ "noun" "conjunction" ] t1} or ${phrase [ "noun" "conjunction" "composite" ] t2}";
      descriptionClass = "conjunction";
      check = x: t1.check x || t2.check x;
      merge =
        loc: defs:
        let
          values = getValues defs;
        in
        if all t1.check values then
          t1.merge loc defs
        else if all t2.check values then
          t2.merge loc defs
        else
          mergeOneOption loc defs;
      typeMerge =
        f:
        let
          a = t1.typeMerge (head f.payload.types).functor;
          b = t2.typeMerge (last f.payload.types).functor;
        in
        if f.name == "either" && a != null && b != null then either a b else null;
      functor = defaultFunctor "either" // {
        payload.types = [
          t1
          t2
        ];
        wrapped = [
          t1
          t2
        ];
      };
      nestedTypes = {
        left = t1;
        right = t2;
      };
    };
  oneOf =
    ts:
    if ts == [ ] then
      throw "types.oneOf: the list of types is empty"
    else
      foldl' either (head ts) (tail ts);

  # Values of one type, turned into another by a function.
  coercedTo =
    coercedType: coerce: finalType:
    mkOptionType {
      name = "coercedTo";
      description = "${phrase [ "noun" ] finalType} or ${phrase [ "noun" ] coercedType} convertible to it";
      check = x: (coercedType.check x && finalType.check (coerce x)) || finalType.check x;
      merge =
        loc: defs:
        let
          one =
            value:
            if coercedType.check value then
              coerce (
                coercedType.merge loc [
                  {
                    file = "";
                    inherit value;
                  }
                ]
              )
            else
              value;
        in
        finalType.merge loc (map (def: def // { value = one def.value; }) defs);
      inherit (finalType) emptyValue getSubOptions getSubModules;
      substSubModules = m: coercedTo coercedType coerce (finalType.substSubModules m);
      typeMerge = _: null;
      functor = defaultFunctor "coercedTo" // {
        wrapped = finalType;
      };
      nestedTypes = {
        inherit coercedType finalType;
      };
    };
}
