{ config, lib, ... }:
{
  options.roles.desktop.enable = lib.mkEnableOption "a desktop";
  config = lib.mkIf config.roles.desktop.enable {
    services.desktopManager.gnome.enable = true;
    services.displayManager.gdm.enable = true;
    services.pipewire.enable = true;
    services.syncthing.enable = lib.mkDefault true;
    programs.firefox.enable = true;
  };
}
