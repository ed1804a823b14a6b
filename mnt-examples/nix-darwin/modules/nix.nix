# Nix itself.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  atom = types.nullOr (
    types.oneOf [
      types.bool
      types.int
      types.str
    ]
  );
in
{
  options.nix = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether Nix is managed.";
    };
    package = lib.mkPackageOption pkgs "nix" { };
    settings = mkOption {
      type = types.submodule {
        freeformType = types.attrsOf (types.either atom (types.listOf atom));
        options.max-jobs = mkOption {
          type = types.either types.int (types.enum [ "auto" ]);
          default = "auto";
          description = "How many builds run at the same time.";
        };
      };
      default = { };
      description = "The contents of nix.conf.";
    };
    gc = {
      automatic = mkOption {
        type = types.bool;
        default = false;
        description = "Whether what isn't used any more is deleted regularly.";
      };
      options = mkOption {
        type = types.str;
        default = "";
        description = "Options for nix-collect-garbage.";
      };
    };
    linux-builder.enable = lib.mkEnableOption "a virtual machine that builds for Linux";
  };
  config.environment.systemPackages = lib.mkIf config.nix.enable [ config.nix.package ];
}
