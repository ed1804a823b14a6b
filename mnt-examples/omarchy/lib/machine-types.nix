# What a kind of machine implies.
{ lib }:
let
  inherit (lib) mkDefault;
in
{
  laptop = {
    _file = ./machine-types.nix;
    profiles.gaming.enable = mkDefault false;
    profiles.power-user.enable = mkDefault false;
    services.tlp.enable = mkDefault true;
    networking.networkmanager.enable = mkDefault true;
    hardware.bluetooth.enable = mkDefault true;
  };

  workstation = {
    _file = ./machine-types.nix;
    profiles.gaming.enable = mkDefault true;
    profiles.power-user.enable = mkDefault true;
    powerManagement.cpuFreqGovernor = mkDefault "performance";
    networking.networkmanager.enable = mkDefault true;
  };

  server = {
    _file = ./machine-types.nix;
    profiles.server.enable = mkDefault true;
    documentation.enable = mkDefault false;
    services.qemuGuest.enable = mkDefault true;
  };
}
