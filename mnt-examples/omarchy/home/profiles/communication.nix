{
  config,
  lib,
  pkgs,
  ...
}:
{
  options.profiles.communication.enable = lib.mkEnableOption "programs to talk to people";
  config.home.packages = lib.mkIf config.profiles.communication.enable [
    pkgs.discord
    pkgs.slack
  ];
}
