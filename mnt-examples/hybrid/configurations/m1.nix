# A MacBook with Apple's own processor, under Asahi.
{ lib, ... }:
{
  imports = [
    ./base.nix
    ../hardware/m1.nix
  ];

  desktop.sway.enable = true;
  desktop.sway.scale = 2.0;
  development.containers.enable = lib.mkDefault false;

  networking.networkmanager.enable = true;
  networking.networkmanager.wifi.backend = "iwd";
  services.logind.settings.Login.HandlePowerKey = "suspend";
  services.libinput.touchpad.naturalScrolling = true;
  hardware.bluetooth.enable = true;
}
