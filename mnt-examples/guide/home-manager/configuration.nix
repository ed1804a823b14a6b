# The system of all three.
{
  nixpkgs.hostPlatform = "x86_64-linux";
  networking.hostName = "my-laptop";
  boot.loader.systemd-boot.enable = true;
  fileSystems."/".device = "/dev/disk/by-label/nixos";
  users.users.my-user = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
  };
  system.stateVersion = "25.05";
}
