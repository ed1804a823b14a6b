{ lib, ... }:
{
  imports = [ ./hardware/audio.nix ];
  services.xserver.enable = true;
  services.displayManager.gdm.enable = true;
  services.desktopManager.gnome.enable = true;
  programs.firefox.enable = lib.mkDefault true;
}
