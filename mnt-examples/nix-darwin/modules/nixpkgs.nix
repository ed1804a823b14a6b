# The package set.
{
  config,
  options,
  lib,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.nixpkgs;
in
{
  options.nixpkgs = {
    source = mkOption {
      type = types.path;
      internal = true;
      description = "Where nixpkgs is.";
    };
    pkgs = mkOption {
      type = types.pkgs;
      description = "The package set itself, if it is made elsewhere.";
    };
    hostPlatform = mkOption {
      type = types.either types.str types.attrs;
      example = "aarch64-darwin";
      apply = lib.systems.elaborate;
      description = "What the Mac is.";
    };
    config = mkOption {
      type = types.attrsOf types.anything;
      default = { };
      description = "Settings of the package set.";
    };
    overlays = mkOption {
      type = types.listOf types.raw;
      default = [ ];
      description = "Functions that change or add packages.";
    };
  };
  config._module.args.pkgs =
    if options.nixpkgs.pkgs.isDefined then
      cfg.pkgs
    else
      import cfg.source {
        inherit (cfg.hostPlatform) system;
        inherit (cfg) config overlays;
      };
}
