{ config, lib, ... }:
{
  options.features.desktop.enable = lib.mkEnableOption "a desktop";
  config = lib.mkIf config.features.desktop.enable {
    services.desktopManager.gnome.enable = true;
  };
}
