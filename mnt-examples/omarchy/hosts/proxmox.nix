# What all virtual machines on the Proxmox host have.
{ lib, modulesPath, ... }:
{
  imports = [ (modulesPath + "/profiles/qemu-guest.nix") ];

  boot.loader.systemd-boot.enable = false;
  boot.loader.grub.device = "/dev/sda";
  boot.growPartition = true;
  fileSystems."/" = {
    device = "/dev/disk/by-label/nixos";
    fsType = "ext4";
    autoResize = true;
  };
  networking.useDHCP = lib.mkDefault true;
  networking.domain = "lab.example.org";
}
