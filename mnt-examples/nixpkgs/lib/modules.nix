# The module system: many modules in, one configuration out.
#
# A module is a set (or a file with one, or a function that gives one) with
#
#   imports   further modules
#   options   a tree of option declarations (mkOption)
#   config    a tree of definitions for those options
#
# or, if it declares no options, the definitions alone. evalModules collects all
# modules, puts the declarations and definitions of each option together and has
# the option's type merge the values. All of it is lazy: an option's value is
# computed when somebody looks at it, so modules can refer to the end result
# (`config`) while they contribute to it.
{ lib }:
let
  inherit (builtins)
    addErrorContext
    all
    any
    attrNames
    catAttrs
    concatLists
    concatMap
    elem
    filter
    foldl'
    genericClosure
    head
    isAttrs
    isList
    isString
    length
    mapAttrs
    removeAttrs
    seq
    substring
    tail
    typeOf
    unsafeGetAttrPos
    zipAttrsWith
    ;
  inherit (lib)
    functionArgs
    imap1
    isFunction
    isOption
    mapAttrsToList
    mkOption
    optional
    reverseList
    showDefs
    showFiles
    showOption
    types
    ;
  inherit (lib.strings) isConvertibleWithToString;

  properties = import ./properties.nix { inherit lib; };
  inherit (properties)
    defaultOverridePriority
    dischargeProperties
    filterOverrides'
    mkDefault
    mkMerge
    mkOptionDefault
    pushDownProperties
    sortProperties
    ;

  # ---------------------------------------------------------------------------
  # From modules as people write them to one form.

  # Which argument a module wants is known from its pattern. Every argument stays
  # a thunk: pattern matching alone must not ask for `config`.
  applyModuleArgs =
    key: f: args:
    let
      wanted = mapAttrs (
        name: _:
        addErrorContext "while looking for the module argument `${name}' of \"${key}\":" (
          args.${name} or (addErrorContext
            "which no caller passes (see specialArgs), so that `_module.args' in `config' is asked"
            args.config._module.args.${name}
          )
        )
      ) (functionArgs f);
    in
    f (args // wanted);

  knownAttrs = [
    "_class"
    "_file"
    "key"
    "disabledModules"
    "imports"
    "options"
    "config"
    "meta"
    "freeformType"
  ];

  # -> { _file _class key disabledModules imports options config }
  unifyModuleSyntax =
    file: key: m:
    let
      explicit = m ? config || m ? options;
      unknown = attrNames (removeAttrs m knownAttrs);
      withFreeform =
        config:
        if m ? freeformType then
          mkMerge [
            config
            { _module.freeformType = m.freeformType; }
          ]
        else
          config;
      withMeta =
        config:
        if m ? meta then
          mkMerge [
            config
            { inherit (m) meta; }
          ]
        else
          config;
      common = {
        _file = toString m._file or file;
        _class = m._class or null;
        key = toString m.key or key;
        disabledModules = m.disabledModules or [ ];
      };
    in
    if !isAttrs m then
      throw "what ${file} (${key}) gives is no module: it is a ${typeOf m}"
    else if !explicit then
      common
      // {
        imports = m.require or [ ] ++ m.imports or [ ];
        options = { };
        config = withFreeform (
          removeAttrs m [
            "_class"
            "_file"
            "key"
            "disabledModules"
            "require"
            "imports"
            "freeformType"
          ]
        );
      }
    else if unknown != [ ] then
      throw "Module `${key}' has `config' or `options', and beside it `${head unknown}'. In such a module every definition goes into `config': move ${toString unknown} there."
    else
      common
      // {
        imports = m.imports or [ ];
        options = m.options or { };
        config = withFreeform (withMeta (m.config or { }));
      };

  loadModule =
    class: args: fallbackFile: fallbackKey: m:
    let
      unify = unifyModuleSyntax fallbackFile fallbackKey;
      kind = m._type or "module";
    in
    if isFunction m then
      unify (applyModuleArgs fallbackKey m args)
    else if isAttrs m then
      if kind == "module" then
        unify m
      else if kind == "if" || kind == "override" then
        unify { config = m; }
      else if kind == "flake" then
        throw "a whole flake is used as a module in ${fallbackFile}; write <flake>.nixosModules.<name> (or the like) instead"
      else
        throw "a value of type ${kind} is used as a module in ${fallbackFile}${
          lib.optionalString (class != null) ", where a module of class ${class} is wanted"
        }"
    else if isList m then
      throw "a list stands where a module is wanted; `imports' takes a flat list. It is in: ${
        showDefs [
          {
            file = fallbackFile;
            value = m;
          }
        ]
      }"
    else
      let
        path = toString m;
        contents = import m;
      in
      unifyModuleSyntax path path (
        if isFunction contents then applyModuleArgs path contents args else contents
      );

  # All modules that can be reached by `imports', each once, without those that
  # some module's `disabledModules' names.
  collectModules =
    class: modulesPath: initialModules: args:
    let
      checkClass =
        m:
        if class == null || m._class == null || m._class == class then
          m
        else
          throw "The module ${m._file} is of class \"${m._class}\" and can't be used where class \"${class}\" is evaluated.";

      # A tree of { key, module, modules, disabled } for a list of modules.
      collect =
        parentFile: parentKey: modules:
        let
          nodes = imap1 (
            n: m:
            let
              module = checkClass (loadModule class args parentFile "${parentKey}:anon-${toString n}" m);
              imported = collect module._file module.key module.imports;
            in
            {
              inherit (module) key;
              inherit module;
              inherit (imported) modules;
              disabled =
                optional (module.disabledModules != [ ]) {
                  file = module._file;
                  what = module.disabledModules;
                }
                ++ imported.disabled;
            }
          ) modules;
        in
        {
          modules = nodes;
          disabled = concatLists (catAttrs "disabled" nodes);
        };

      # A disabled module is named by its path, by its path below modulesPath, or
      # as a set with a key.
      disabledKey =
        file: m:
        if isString m then
          if substring 0 1 m == "/" then m else toString modulesPath + "/" + m
        else if m ? key then
          m.key
        else if isConvertibleWithToString m then
          toString m
        else
          throw "`disabledModules' in ${file} has a ${typeOf m} without a `key'; it takes paths, names below the modules' folder, and sets with a `key'";

      tree = collect lib.unknownModule "" initialModules;
      disabledKeys = concatMap (d: map (disabledKey d.file) d.what) tree.disabled;
      enabled = filter (node: !elem node.key disabledKeys);
      toGraph = node: {
        inherit (node) key;
        file = node.module._file;
        disabled = elem node.key disabledKeys;
        imports = map toGraph node.modules;
      };
    in
    {
      modules = map (node: node.module) (genericClosure {
        startSet = enabled tree.modules;
        operator = node: enabled node.modules;
      });
      graph = map toGraph (filter (node: node.key != internalKey) tree.modules);
    };

  # ---------------------------------------------------------------------------
  # Declarations and definitions, brought together option by option.

  mergeModules =
    prefix: modules:
    mergeTree prefix modules (
      concatMap (
        m:
        map (config: {
          file = m._file;
          inherit config;
        }) (pushDownProperties m.config)
      ) modules
    );

  # decls:   [ { _file options } ], option trees that begin at prefix
  # configs: [ { file config } ], definition trees that begin at prefix
  # Gives { matchedOptions, unmatchedDefns }: the tree of options with their
  # values, and a list of the definitions for which nothing was declared.
  mergeTree =
    prefix: decls: configs:
    let
      declsByName = zipAttrsWith (_: ds: ds) (
        map (
          decl:
          if !isAttrs decl.options then
            throw "the options declared below `${showOption prefix}' in ${decl._file} are a ${typeOf decl.options}, not a set. Should it be outside of `options'?"
          else
            mapAttrs (name: options: {
              inherit (decl) _file;
              pos = unsafeGetAttrPos name decl.options;
              inherit options;
            }) decl.options
        ) decls
      );

      checkedConfigs = map (
        c:
        if isAttrs c.config then
          c
        else
          throw "The module `${c.file}' defines `${showOption prefix}' as a ${typeOf c.config}, but it is a set of options."
      ) configs;

      # What is said about each name: as it stands, for an option; and with its
      # properties pushed down, for a set of options.
      definitions = zipAttrsWith (_: ds: ds) (
        map (c: mapAttrs (_: value: { inherit (c) file; inherit value; }) c.config) checkedConfigs
      );
      pushedDefinitions = mapAttrs (
        _:
        concatMap (
          def:
          map (config: {
            inherit (def) file;
            inherit config;
          }) (pushDownProperties def.value)
        )
      ) definitions;

      results = mapAttrs (
        name: ds:
        let
          loc = prefix ++ [ name ];
          declaresOption =
            d:
            d.options ? _type
            && (
              d.options._type == "option"
              || throw "`${showOption loc}' in ${d._file} is declared as a value of type ${d.options._type}; an option is declared by mkOption${
                lib.optionalString (d.options._type == "option-type") ", with `type = ...;' in it"
              }"
            );
          options = filter declaresOption ds;
          others = filter (d: !isOption d.options) ds;
          leaf = all': {
            matchedOptions = evalOptionValue loc (fixupOptionType loc (mergeOptionDecls loc all')) (
              definitions.${name} or [ ]
            );
            unmatchedDefns = [ ];
          };
        in
        if options == [ ] then
          mergeTree loc ds (pushedDefinitions.${name} or [ ])
        else if others == [ ] then
          leaf ds
        else if all (d: d.options.type.name or null == "submodule") options then
          leaf (map treeAsSubmodule ds)
        else
          throw "`${showOption loc}' is an option of type ${
            (head options).options.type.description or "unspecified"
          } in `${(head options)._file}', and so it can't also be a set of options, as it is in ${
            showFiles (map (d: d._file) others)
          }."
      ) declsByName;

      matchedOptions = mapAttrs (_: r: r.matchedOptions) results;
      unmatched =
        mapAttrs (_: r: r.unmatchedDefns) results
        // removeAttrs definitions (attrNames results);
    in
    {
      inherit matchedOptions;
      unmatchedDefns =
        if configs == [ ] then
          [ ]
        else
          concatLists (
            mapAttrsToList (name: map (def: def // { prefix = [ name ] ++ def.prefix or [ ]; })) unmatched
          );
    };

  # Options declared below an option that is a submodule are further options of
  # that submodule.
  treeAsSubmodule =
    decl:
    if isOption decl.options then
      decl
    else
      decl
      // {
        options = mkOption {
          type = types.submoduleWith {
            modules = [ { inherit (decl) options; } ];
            shorthandOnlyDefinesConfig = null;
          };
        };
      };

  # Several modules may declare one option, if no two of them give the same part
  # of the declaration and the types can be merged.
  mergeOptionDecls =
    loc: decls:
    let
      refuse =
        res: decl:
        throw "The option `${showOption loc}' in `${decl._file}' has been declared before, in ${showFiles res.declarations}.";
      add =
        res: decl:
        let
          opt = decl.options;
          both = part: opt ? ${part} && res ? ${part};
          mergedType = res.type.typeMerge opt.type.functor;
          subModules = opt.type.getSubModules or null;
        in
        if any both [ "default" "example" "description" "apply" ] then
          refuse res decl
        else
          opt
          // res
          // {
            declarations = res.declarations ++ [ decl._file ];
            declarationPositions = res.declarationPositions ++ [
              (
                if decl.pos != null then
                  decl.pos
                else
                  {
                    file = decl._file;
                    line = null;
                    column = null;
                  }
              )
            ];
            options =
              if subModules == null then
                res.options
              else
                map (setDefaultModuleLocation decl._file) subModules ++ res.options;
          }
          // lib.optionalAttrs (both "type") {
            type = if mergedType == null then refuse res decl else mergedType;
          };
    in
    foldl' add {
      inherit loc;
      declarations = [ ];
      declarationPositions = [ ];
      options = [ ];
    } decls;

  # Give the submodules in an option's type the files in which they stand.
  fixupOptionType =
    loc: opt:
    if opt.type.getSubModules or null == null then
      opt // { type = opt.type or types.unspecified; }
    else
      opt
      // {
        type = opt.type.substSubModules opt.options;
        options = [ ];
      };

  # The declaration, with the value and all that is known of the definitions.
  evalOptionValue =
    loc: opt: defs:
    let
      withDefault =
        optional (opt ? default) {
          file = head opt.declarations;
          value = mkOptionDefault opt.default;
        }
        ++ defs;
      merged =
        if opt.readOnly or false && length withDefault > 1 then
          throw "The option `${showOption loc}' can't be changed (it is read-only), and has more than one definition:${
            showDefs (
              map (def: def // { value = (mergeDefinitions loc opt.type [ def ]).mergedValue; }) withDefault
            )
          }"
        else
          mergeDefinitions loc opt.type withDefault;
      deprecated =
        if opt.type.deprecationMessage or null == null then
          lib.id
        else
          lib.warn "The option `${showOption loc}', declared in ${showFiles opt.declarations}, has the type `types.${opt.type.name}', which is deprecated: ${opt.type.deprecationMessage}";
    in
    deprecated opt
    // {
      value = addErrorContext "while evaluating the option `${showOption loc}':" (
        (opt.apply or lib.id) merged.mergedValue
      );
      inherit (merged.defsFinal') highestPrio;
      inherit (merged) isDefined;
      definitions = map (def: def.value) merged.defsFinal;
      files = map (def: def.file) merged.defsFinal;
      definitionsWithLocations = merged.defsFinal;
      # So that an option can stand in a text: "${options.a.b}" is "a.b".
      __toString = _: showOption loc;
    };

  # All definitions ({ file, value }) of one option -> its value.
  mergeDefinitions =
    loc: type: defs:
    rec {
      # Those that count, without their properties, and how strong they are.
      defsFinal' =
        let
          discharge =
            def:
            addErrorContext "while evaluating definitions from `${def.file}':" (
              dischargeProperties def.value
            );
          located =
            def: value:
            if value._type or "" == "definition" then
              value
            else
              {
                inherit (def) file;
                inherit value;
              };
          strongest = filterOverrides' (concatMap (def: map (located def) (discharge def)) defs);
          isOrdered = def: def.value._type or "" == "order";
        in
        {
          inherit (strongest) highestPrio;
          values =
            if any isOrdered strongest.values then sortProperties strongest.values else strongest.values;
        };
      defsFinal = defsFinal'.values;

      isDefined = defsFinal != [ ];
      mergedValue =
        if isDefined then
          let
            wrong = filter (def: !type.check def.value) defsFinal;
          in
          if wrong == [ ] then
            type.merge loc defsFinal
          else
            throw "The option `${showOption loc}' takes a value of type `${type.description}'; this definition doesn't have it:${showDefs wrong}"
        else
          type.emptyValue.value
            or (throw "The option `${showOption loc}' was used, but nothing defines it and it has no default.");
      optionalValue = lib.optionalAttrs isDefined { value = mergedValue; };
    };

  # ---------------------------------------------------------------------------
  # The whole.

  internalKey = "lib/modules.nix";

  # Options of the module system itself. They are declared anew in every
  # evaluation, so that it can be extended.
  internalModule =
    {
      args,
      specialArgs,
      isRoot,
    }:
    {
      _file = internalKey;
      key = internalKey;
      options._module = {
        args = mkOption (
          {
            type = types.lazyAttrsOf types.raw;
            description = ''
              Arguments that every module can ask for, besides `lib`, `config`, `options` and those in `specialArgs`.
              They can't be used in `imports`, which must be known before any option is.
            '';
          }
          // lib.optionalAttrs (!isRoot) { internal = true; }
        );
        check = mkOption {
          type = types.bool;
          internal = true;
          default = true;
          description = "Whether a definition without a declared option is an error.";
        };
        freeformType = mkOption {
          type = types.nullOr types.optionType;
          internal = true;
          default = null;
          description = "If not null, the type that merges all definitions without a declared option.";
        };
        specialArgs = mkOption {
          readOnly = true;
          internal = true;
          description = "The arguments that the caller gave to every module; these can be used in `imports`.";
        };
      };
      config._module = {
        inherit args specialArgs;
      };
    };

  evalModules =
    evalArgs@{
      modules,
      # Where in a larger tree of options this evaluation stands.
      prefix ? [ ],
      # Arguments for every module, usable in `imports` too.
      specialArgs ? { },
      # If set, a module that names another class is refused.
      class ? null,
    }:
    let
      collected = collectModules class (specialArgs.modulesPath or "") (
        modules
        ++ [
          (internalModule {
            args = {
              inherit extendModules;
              moduleType = type;
            };
            inherit specialArgs;
            isRoot = prefix == [ ];
          })
        ]
      ) moduleArgs;

      moduleArgs = {
        inherit lib options specialArgs;
        _class = class;
        _prefix = prefix;
        config = addErrorContext "if this is an infinite recursion: `imports' can't depend on `config'; import the module in any case and switch its definitions with mkIf" config;
      }
      // specialArgs;

      # Imported modules come before those that import them.
      merged = mergeModules prefix (reverseList collected.modules);
      options = merged.matchedOptions;

      declared = lib.mapAttrsRecursiveCond (v: !isOption v) (_: opt: opt.value) options;
      inherit (declared._module) freeformType;
      undeclared =
        if merged.unmatchedDefns == [ ] then
          { }
        else
          freeformType.merge prefix (
            map (def: {
              inherit (def) file;
              value = lib.setAttrByPath def.prefix def.value;
            }) merged.unmatchedDefns
          );
      config =
        if freeformType == null then declared else lib.recursiveUpdate undeclared declared;

      unmatchedMessage =
        let
          def = head merged.unmatchedDefns;
          path = showOption (prefix ++ def.prefix);
          where = showDefs [ def ];
          near = similarOptions options def.prefix;
        in
        "There is no option `${path}', but it is defined:${where}"
        + (
          if attrNames options == [ "_module" ] then
            if prefix == [ ] then
              "\n\nNo options are declared at all. A declaration belongs into `options', not into `config'."
            else
              "\n\nNo options are declared below `${showOption prefix}'. In a submodule too, declarations belong into `options'."
          else
            lib.optionalString (near != [ ]) "\n\nOptions with a similar name: ${
              lib.concatMapStringsSep ", " (n: showOption (prefix ++ lib.init def.prefix ++ [ n ])) near
            }"
        );
      checkUnmatched =
        if config._module.check && freeformType == null && merged.unmatchedDefns != [ ] then
          throw unmatchedMessage
        else
          null;
      checked = seq checkUnmatched;

      extendModules =
        extra:
        evalModules (
          evalArgs
          // {
            modules = modules ++ extra.modules or [ ];
            specialArgs = specialArgs // extra.specialArgs or { };
            prefix = extra.prefix or prefix;
          }
        );
      type = types.submoduleWith { inherit modules specialArgs class; };
    in
    {
      _type = "configuration";
      options = checked options;
      config = checked (removeAttrs config [ "_module" ]);
      _module = checked config._module;
      inherit (collected) graph;
      inherit class extendModules type;
    };

  # Names beside an unknown one that begin or end as it does.
  similarOptions =
    options: path:
    let
      wrong = lib.last path;
      beside = lib.attrByPath (lib.init path) { } options;
      start = substring 0 3 wrong;
      alike = n: n != "_module" && (lib.hasPrefix start n || lib.hasSuffix wrong n || lib.hasPrefix n wrong);
    in
    lib.take 3 (filter alike (attrNames (if isAttrs beside && !isOption beside then beside else { })));

  # Modules that were written in place get the file of whoever wrote them.
  setDefaultModuleLocation = file: m: {
    _file = file;
    imports = [ m ];
  };

  # A file's function of two arguments, given the first, as a module.
  importApply =
    path: args:
    setDefaultModuleLocation path (import path args);
in
properties
// import ./renames.nix { inherit lib; }
// {
  inherit
    applyModuleArgs
    collectModules
    evalModules
    evalOptionValue
    fixupOptionType
    importApply
    mergeDefinitions
    mergeModules
    mergeOptionDecls
    setDefaultModuleLocation
    unifyModuleSyntax
    ;
}
