# The desktop.
{ pkgs, ... }:
{
  roles.desktop.enable = true;
  programs.steam.enable = true;
  hardware.cpu.amd.updateMicrocode = true;
  fileSystems."/boot" = { device = "/dev/disk/by-label/BOOT"; fsType = "vfat"; };
}
