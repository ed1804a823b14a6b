# The laptop.
{
  roles.laptop.enable = true;
  boot.initrd.luks.devices.cryptroot.device = "/dev/disk/by-uuid/3c1a2c7e-5b9e-4fd1-8aa7-63f1b1d5c0aa";
  fileSystems."/" = {
    device = "/dev/mapper/cryptroot";
    fsType = "btrfs";
  };
}
