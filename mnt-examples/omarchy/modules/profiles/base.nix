# What every machine has.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkEnableOption mkIf optionals;
  cfg = config.profiles.base;
in
{
  options.profiles.base = {
    enable = mkEnableOption "the basic system" // {
      default = true;
    };
    editors.enable = mkEnableOption "editors for the terminal" // {
      default = true;
    };
    monitoring.enable = mkEnableOption "tools that show what the machine does" // {
      default = true;
    };
  };

  config = mkIf cfg.enable {
    environment.systemPackages =
      with pkgs;
      [
        git
        curl
        wget
        tree
        unzip
      ]
      ++ optionals cfg.editors.enable [
        vim
        nano
      ]
      ++ optionals cfg.monitoring.enable [
        htop
        btop
      ];
  };
}
