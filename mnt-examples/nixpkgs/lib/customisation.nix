# Functions that make packages, and ways to call them again with something else.
{ lib }:
let
  inherit (builtins)
    attrNames
    intersectAttrs
    isAttrs
    mapAttrs
    ;
in
rec {
  # f's result, with `override` to call f again with other arguments.
  makeOverridable =
    f:
    lib.setFunctionArgs (
      origArgs:
      let
        result = f origArgs;
        overrideWith = new: origArgs // (if lib.isFunction new then new origArgs else new);
        again = lib.setFunctionArgs (new: makeOverridable f (overrideWith new)) (lib.functionArgs f);
      in
      if isAttrs result then
        result
        // {
          override = again;
          overrideDerivation = g: makeOverridable (args: overrideDerivation (f args) g) origArgs;
        }
        // lib.optionalAttrs (result ? overrideAttrs) {
          overrideAttrs = g: makeOverridable (args: (f args).overrideAttrs g) origArgs;
        }
      else if lib.isFunction result then
        lib.setFunctionArgs result (lib.functionArgs result) // { override = again; }
      else
        result
    ) (lib.functionArgs f);

  # Call a function (or the one in a file) with what it asks for: from autoArgs,
  # and args where they are given.
  callPackageWith =
    autoArgs: fn: args:
    let
      f = if lib.isFunction fn then fn else import fn;
      fargs = lib.functionArgs f;
      all = intersectAttrs fargs autoArgs // args;
      missing = builtins.filter (n: !fargs.${n} && !(all ? ${n})) (attrNames fargs);
      where = builtins.unsafeGetAttrPos (builtins.head missing) fargs;
    in
    if missing == [ ] then
      makeOverridable f all
    else
      throw "callPackage: nothing is called `${builtins.head missing}', which ${
        if builtins.isPath fn then toString fn else where.file or "<unknown location>"
      } wants";

  callPackagesWith =
    autoArgs: fn: args:
    let
      f = if lib.isFunction fn then fn else import fn;
      auto = intersectAttrs (lib.functionArgs f) autoArgs;
    in
    mapAttrs (
      name: value:
      if lib.isDerivation value then
        makeOverridable (new: (f new).${name}) (auto // args)
      else
        value
    ) (f (auto // args));

  overrideDerivation =
    drv: f:
    let
      attrs = drv.drvAttrs // f drv;
    in
    derivation (removeAttrs attrs [ "meta" "passthru" ])
    // {
      meta = drv.meta or { };
      passthru = drv.passthru or { };
    };

  # A set of packages that find each other first, and the rest outside.
  makeScope =
    newScope: f:
    let
      self = f self // {
        newScope = scope: newScope (self // scope);
        callPackage = self.newScope { };
        overrideScope = g: makeScope newScope (lib.extends g f);
        packages = f;
      };
    in
    self;

  hydraJob = drv: drv;
}
