{ config, lib, ... }:
{
  options.roles.laptop.enable = lib.mkEnableOption "what a laptop needs";
  config = lib.mkIf config.roles.laptop.enable {
    roles.desktop.enable = lib.mkDefault true;
    networking.networkmanager.enable = true;
    services.power-profiles-daemon.enable = true;
    hardware.bluetooth.enable = true;
  };
}
