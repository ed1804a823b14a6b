# A small machine at a provider.
{ config, lib, modulesPath, ... }:
{
  imports = [
    (modulesPath + "/profiles/qemu-guest.nix")
    (modulesPath + "/profiles/minimal.nix")
    ../../modules/common.nix
    ../../modules/backup.nix
  ];

  networking.hostName = "hermes";
  networking.useDHCP = true;

  services.openssh.ports = [ 22 443 ];
  services.fail2ban.enable = true;
  services.qemuGuest.enable = true;

  backup.enable = false;

  boot.loader.grub = {
    device = "nodev";
    efiSupport = true;
    efiInstallAsRemovable = true;
  };
  fileSystems."/" = { device = "/dev/vda1"; fsType = "ext4"; autoResize = true; };
  fileSystems."/boot" = { device = "/dev/vda15"; fsType = "vfat"; };
  nixpkgs.hostPlatform = "aarch64-linux";

  system.stateVersion = "25.05";
}
