# A MacBook of today, under Asahi.
{
  roles.laptop.enable = true;
  hardware.asahi.enable = true;
  boot.loader.efi.canTouchEfiVariables = false;
  services.syncthing.enable = false; # the disk is small
}
