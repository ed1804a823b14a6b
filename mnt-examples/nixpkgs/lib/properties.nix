# Properties: wrappers that a definition can have around its value.
#
#   mkIf cond v         the definition counts only if cond holds
#   mkMerge [ a b ]     two definitions in the place of one
#   mkOverride n v      definitions with the lowest number win, the rest is dropped
#   mkOrder n v         where in a list (or in lines of text) the value goes
#
# They are sets with a `_type`, taken off again before the option's type
# merges the values.
{ lib }:
let
  inherit (builtins)
    concatMap
    foldl'
    isAttrs
    isBool
    mapAttrs
    ;
  typeOfProperty = v: v._type or "";
in
rec {
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkAssert =
    assertion: message: content:
    mkIf (if assertion then true else throw "\nFailed assertion: ${message}") content;
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };

  defaultOverridePriority = 100;
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkOptionDefault = mkOverride 1500;
  mkDefault = mkOverride 1000;
  mkImageMediaOverride = mkOverride 60;
  mkForce = mkOverride 50;
  mkVMOverride = mkOverride 10;

  defaultOrderPriority = 1000;
  mkOrder = priority: content: {
    _type = "order";
    inherit priority content;
  };
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;

  # A definition that says itself which file it is from.
  mkDefinition = args: args // { _type = "definition"; };
  mkFixStrictness = lib.warn "lib.mkFixStrictness does nothing and will go away" (x: x);

  # Move properties around a set to the set's members, so that the names of the
  # members are known without asking the condition:
  #   mkIf c { a = 1; b = 2; }   becomes   [ { a = mkIf c 1; b = mkIf c 2; } ]
  # This is what lets a condition depend on other options of the same set.
  pushDownProperties =
    let
      onMembers =
        wrap: value: if isAttrs value then mapAttrs (_: wrap) value else value;
    in
    cfg:
    {
      merge = concatMap pushDownProperties cfg.contents;
      "if" = map (onMembers (mkIf cfg.condition)) (pushDownProperties cfg.content);
      override = map (onMembers (mkOverride cfg.priority)) (pushDownProperties cfg.content);
    }
    .${typeOfProperty cfg} or [ cfg ];

  # A value with its mkMerge and mkIf taken off: none, one or several values.
  dischargeProperties =
    def:
    if typeOfProperty def == "merge" then
      concatMap dischargeProperties def.contents
    else if typeOfProperty def == "if" then
      if !isBool def.condition then
        throw "the condition of a ‘mkIf’ is a ${builtins.typeOf def.condition}, not a Boolean"
      else if def.condition then
        dischargeProperties def.content
      else
        [ ]
    else
      [ def ];

  # Of definitions ({ file, value }), those with the strongest priority.
  filterOverrides = defs: (filterOverrides' defs).values;
  filterOverrides' =
    let
      prio =
        def: if typeOfProperty def.value == "override" then def.value.priority else defaultOverridePriority;
      unwrap =
        def: if typeOfProperty def.value == "override" then def // { value = def.value.content; } else def;
    in
    defs:
    let
      highestPrio = foldl' (best: def: lib.min best (prio def)) 9999 defs;
    in
    {
      inherit highestPrio;
      values = map unwrap (builtins.filter (def: prio def == highestPrio) defs);
    };

  # Definitions by their order number; those without one stand at 1000.
  sortProperties =
    defs:
    let
      unwrap =
        def:
        if typeOfProperty def.value == "order" then
          def
          // {
            value = def.value.content;
            inherit (def.value) priority;
          }
        else
          def;
      at = def: def.priority or defaultOrderPriority;
    in
    builtins.sort (a: b: at a < at b) (map unwrap defs);
}
