# Modules for options that moved, changed or went away.
{ lib }:
let
  inherit (lib)
    attrByPath
    getAttrFromPath
    hasAttrByPath
    mkIf
    mkMerge
    mkOption
    optionalAttrs
    optionalString
    setAttrByPath
    showFiles
    showOption
    types
    ;
in
rec {
  # What is defined for `from` counts for `to`, with the same priority.
  doRename =
    {
      from,
      to,
      visible,
      warn,
      use,
      withPriority ? true,
      condition ? true,
    }:
    { config, options, ... }:
    let
      fromOpt = getAttrFromPath from options;
      toOption = attrByPath to { } options;
      toOf = attrByPath to (throw "`${showOption from}' is renamed to `${showOption to}', which doesn't exist");
      toType = toOption.type or (types.submodule { });
    in
    {
      options = setAttrByPath from (
        mkOption {
          inherit visible;
          description = "Another name for {option}`${showOption to}`.";
          apply = _: use (toOf config);
        }
        // optionalAttrs (toType != null) { type = toType; }
      );
      config = mkIf condition (mkMerge [
        (optionalAttrs (hasAttrByPath [ "warnings" ] options) {
          warnings = lib.optional (
            warn && fromOpt.isDefined
          ) "The option `${showOption from}', set in ${showFiles fromOpt.files}, is now called `${showOption to}'.";
        })
        (
          if withPriority then
            mkAliasAndWrapDefsWithPriority (setAttrByPath to) fromOpt
          else
            mkAliasAndWrapDefinitions (setAttrByPath to) fromOpt
        )
      ]);
    };

  mkRenamedOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = false;
      warn = true;
      use = builtins.trace "Obsolete option `${showOption from}' is used. It is now called `${showOption to}'.";
    };
  mkRenamedOptionModuleWith =
    {
      from,
      to,
      sinceRelease,
    }:
    doRename {
      inherit from to;
      visible = false;
      warn = lib.isInOldestRelease sinceRelease;
      use = lib.warnIf (lib.isInOldestRelease sinceRelease) "The option `${showOption from}' is now called `${showOption to}'.";
    };
  mkAliasOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = true;
      warn = false;
      use = lib.id;
    };

  # An option that is gone: to set it is a failed assertion, to read it an error.
  mkRemovedOptionModule =
    path: why:
    { options, ... }:
    {
      options = setAttrByPath path (mkOption {
        visible = false;
        apply = _: throw "The option `${showOption path}' is no more. ${why}";
      });
      config.assertions =
        let
          opt = getAttrFromPath path options;
        in
        [
          {
            assertion = !opt.isDefined;
            message = "The option `${showOption path}', set in ${showFiles opt.files}, is no more, so remove it. ${why}";
          }
        ];
    };

  # Several old options, one new: mergeFn makes the new value from the configuration.
  mkMergedOptionModule =
    from: to: mergeFn:
    { config, options, ... }:
    {
      options = lib.foldl' lib.recursiveUpdate { } (
        map (
          path:
          setAttrByPath path (mkOption {
            visible = false;
            default = "_mkMergedOptionModule";
          })
        ) from
      );
      config = {
        warnings = lib.filter (x: x != "") (
          map (
            f:
            let
              val = getAttrFromPath f config;
              opt = getAttrFromPath f options;
            in
            optionalString (val != "_mkMergedOptionModule") "The option `${showOption f}', set in ${showFiles opt.files}, became `${showOption to}', which is of another type. Read its documentation and set that."
          ) from
        );
      }
      // setAttrByPath to (
        mkMerge (
          lib.optional (lib.any (f: getAttrFromPath f config != "_mkMergedOptionModule") from) (mergeFn config)
        )
      );
    };
  mkChangedOptionModule =
    from: to: changeFn:
    mkMergedOptionModule [ from ] to changeFn;

  # The definitions of one option, as definitions of another.
  mkAliasDefinitions = mkAliasAndWrapDefinitions lib.id;
  mkAliasAndWrapDefinitions =
    wrap: option: mkIf (option.isDefined or false) (wrap (mkMerge option.definitions));
  mkAliasAndWrapDefsWithPriority =
    wrap: option:
    let
      prio = option.highestPrio or lib.defaultOverridePriority;
      defs = map (def: lib.mkDefinition (def // { value = lib.mkOverride prio def.value; })) (
        option.definitionsWithLocations or [ ]
      );
    in
    mkIf (option.isDefined or false) (wrap (mkMerge defs));
  mkDerivedConfig = opt: f: lib.mkOverride (opt.highestPrio or lib.defaultOverridePriority) (f opt.value);
}
