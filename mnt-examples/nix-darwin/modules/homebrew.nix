# Programs that Homebrew installs.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  names =
    what:
    mkOption {
      type = types.listOf (
        types.coercedTo types.str (name: { inherit name; }) (
          types.submodule {
            options = {
              name = mkOption {
                type = types.str;
                description = "Its name.";
              };
              args = mkOption {
                type = types.listOf types.str;
                default = [ ];
                description = "Arguments for its installation.";
              };
            };
          }
        )
      );
      default = [ ];
      description = "The ${what} to install.";
    };
in
{
  options.homebrew = {
    enable = lib.mkEnableOption "programs by Homebrew";
    brews = names "formulae";
    casks = names "casks";
    taps = names "taps";
    masApps = mkOption {
      type = types.attrsOf types.ints.positive;
      default = { };
      description = "Programs of the App Store, with their numbers.";
    };
    onActivation = {
      cleanup = mkOption {
        type = types.enum [
          "none"
          "uninstall"
          "zap"
        ];
        default = "none";
        description = "What happens to programs that aren't listed.";
      };
      autoUpdate = mkOption {
        type = types.bool;
        default = false;
        description = "Whether Homebrew updates itself first.";
      };
    };
  };
}
