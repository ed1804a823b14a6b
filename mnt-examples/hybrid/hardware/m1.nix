# The machine itself.
{ lib, ... }:
{
  nixpkgs.hostPlatform = lib.mkDefault "aarch64-linux";
  hardware.asahi.enable = true;
  boot.loader.systemd-boot.enable = true;
  # The firmware's variables are Apple's.
  boot.loader.efi.canTouchEfiVariables = false;
  boot.kernelParams = [ "apple_dcp.show_notch=1" ];
  boot.initrd.availableKernelModules = [ "usb_storage" ];
  fileSystems."/" = {
    device = "/dev/disk/by-uuid/f3a2d9c4-53f5-4e0b-b5fd-9f1bb5c8b8a1";
    fsType = "ext4";
  };
  fileSystems."/boot" = {
    device = "/dev/disk/by-uuid/10D8-14F9";
    fsType = "vfat";
    options = [ "umask=0077" ];
  };
  zramSwap.enable = true;
}
