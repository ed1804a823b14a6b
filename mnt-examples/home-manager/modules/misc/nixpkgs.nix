# The package set of the user's modules.
{
  config,
  options,
  lib,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.nixpkgs;
  changed = cfg.overlays != null || cfg.config != null;
in
{
  options.nixpkgs = {
    pkgs = mkOption {
      type = types.pkgs;
      internal = true;
      description = "The package set to start from.";
    };
    config = mkOption {
      type = types.nullOr (types.attrsOf types.anything);
      default = null;
      example = {
        allowUnfree = true;
      };
      description = "Settings of the package set, if it shall have other ones.";
    };
    overlays = mkOption {
      type = types.nullOr (types.listOf types.raw);
      default = null;
      description = "Functions that change or add packages.";
    };
  };

  config._module.args.pkgs =
    if changed then
      import cfg.pkgs.path {
        inherit (cfg.pkgs.hostPlatform) system;
        config = cfg.pkgs.config // (if cfg.config == null then { } else cfg.config);
        overlays = cfg.pkgs.overlays ++ (if cfg.overlays == null then [ ] else cfg.overlays);
      }
    else
      cfg.pkgs;
}
