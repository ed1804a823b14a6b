# Confinement of programs.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.security.apparmor;
in
{
  options.security.apparmor = {
    enable = lib.mkEnableOption "AppArmor, which limits what programs can do";
    packages = lib.mkOption {
      type = lib.types.listOf lib.types.package;
      default = [ ];
      description = "Packages with profiles.";
    };
    killUnconfinedConfinables = lib.mkEnableOption "the end of processes that run without the profile they have";
  };
  config = lib.mkIf cfg.enable {
    boot.kernelParams = [ "security=apparmor" ];
    security.apparmor.packages = [ pkgs.apparmor-profiles ];
  };
}
