# Written in the flat style: one definition a line, no nested sets.
{ lib, ... }:
{
  profiles.desktop.enable = true;
  profiles.desktop.environment = "hyprland";
  profiles.development.enable = true;
  profiles.development.languages.go.enable = true;
  profiles.gaming.enable = false;
  profiles.power.mode = "saving";
  profiles.power.chargeLimit = 80;

  boot.initrd.luks.devices.root.device = "/dev/disk/by-uuid/7f2f0a41-66a2-4b7c-a6f3-52b1d26d1c11";

  hardware.bluetooth.enable = true;
  services.logind.settings.Login.HandleLidSwitch = "suspend";
  services.libinput.touchpad.naturalScrolling = true;
  services.upower.enable = true;

  # Coffee houses.
  networking.networkmanager.wifi.powersave = true;
  networking.firewall.allowPing = false;

  # A laptop travels.
  time.timeZone = "Europe/Berlin";

  nix.settings.substituters = [ "http://gyakusatsu.home.arpa:5000" ];
  nix.gc.automatic = lib.mkForce true;
}
