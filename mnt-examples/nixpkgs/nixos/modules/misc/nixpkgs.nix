# The package set that modules get as `pkgs`.
{
  config,
  options,
  lib,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.nixpkgs;
  opt = options.nixpkgs;

  platform =
    if opt.hostPlatform.isDefined then
      cfg.hostPlatform
    else if opt.system.isDefined then
      lib.systems.elaborate cfg.system
    else
      throw "It isn't known what this system runs on: set nixpkgs.hostPlatform, for example to \"x86_64-linux\".";

  # Later definitions of nixpkgs.config override earlier ones at every depth;
  # the predicates for packages can't be merged.
  configType = lib.mkOptionType {
    name = "nixpkgs-config";
    description = "nixpkgs config";
    check = x: builtins.isAttrs x || lib.isFunction x;
    merge =
      _: defs:
      let
        asSet = c: if lib.isFunction c then c { inherit lib; pkgs = defaultPkgs; } else c;
      in
      lib.foldl' (acc: def: lib.recursiveUpdate acc (asSet def.value)) { } defs;
  };
  overlayType = lib.mkOptionType {
    name = "nixpkgs-overlay";
    description = "nixpkgs overlay";
    check = lib.isFunction;
    merge = lib.mergeOneOption;
  };

  defaultPkgs = import ../../.. {
    localSystem = { inherit (platform) system; };
    inherit (cfg) config overlays;
  };
in
{
  options.nixpkgs = {
    pkgs = mkOption {
      type = types.pkgs;
      defaultText = lib.literalExpression "import nixpkgs { inherit (config.nixpkgs) config overlays; ... }";
      description = "The package set itself, made elsewhere. Overlays are laid over it, other settings don't count then.";
    };
    config = mkOption {
      type = configType;
      default = { };
      example = lib.literalExpression "{ allowUnfree = true; }";
      description = "Settings of the package set.";
    };
    overlays = mkOption {
      type = types.listOf overlayType;
      default = [ ];
      example = lib.literalExpression "[ (final: prev: { openssh = prev.openssh.override { }; }) ]";
      description = "Functions that change or add packages; these are laid over nixpkgs.pkgs too.";
    };
    hostPlatform = mkOption {
      type = types.either types.str types.attrs;
      apply = lib.systems.elaborate;
      example = "aarch64-linux";
      description = "What the system will run on.";
    };
    buildPlatform = mkOption {
      type = types.either types.str types.attrs;
      default = cfg.hostPlatform;
      defaultText = lib.literalExpression "config.nixpkgs.hostPlatform";
      apply = lib.systems.elaborate;
      description = "What the system is built on.";
    };
    system = mkOption {
      type = types.str;
      example = "i686-linux";
      description = "The older way to say nixpkgs.hostPlatform.";
    };
    flake.source = mkOption {
      type = types.nullOr (types.either types.str types.path);
      default = null;
      description = "Where the nixpkgs that this system is made from can be found, if it came by a flake.";
    };
  };

  config = {
    _module.args.pkgs =
      if opt.pkgs.isDefined then
        if cfg.overlays == [ ] then cfg.pkgs else cfg.pkgs.appendOverlays cfg.overlays
      else
        defaultPkgs;

    assertions = [
      {
        # The default has the priority 1500.
        assertion = !opt.pkgs.isDefined || opt.config.highestPrio >= 1500 || cfg.config == { };
        message = "nixpkgs.config is set beside nixpkgs.pkgs, where it does nothing; put it where that package set is made.";
      }
    ];
  };
}
