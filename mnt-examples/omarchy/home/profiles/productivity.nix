{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.profiles.productivity;
in
{
  options.profiles.productivity = {
    enable = lib.mkEnableOption "notes and documents";
    office.enable = lib.mkEnableOption "an office suite";
  };
  config = lib.mkIf cfg.enable {
    home.packages = [ pkgs.obsidian ] ++ lib.optional cfg.office.enable pkgs.libreoffice;
  };
}
