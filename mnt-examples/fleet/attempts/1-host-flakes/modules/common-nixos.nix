{
  services.openssh.enable = true;
  boot.loader.systemd-boot.enable = true;
  fileSystems."/".device = "/dev/disk/by-label/nixos";
  nixpkgs.config.allowUnfree = true;
  system.stateVersion = "24.11";
}
