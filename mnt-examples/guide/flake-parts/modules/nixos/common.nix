{ ourPackages, ... }:
{
  environment.systemPackages = [ ourPackages.my-app ];
  boot.loader.systemd-boot.enable = true;
  fileSystems."/".device = "/dev/disk/by-label/nixos";
  system.stateVersion = "25.05";
}
