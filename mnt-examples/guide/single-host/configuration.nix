# This machine. Change it, then: nixos-rebuild switch --flake /etc/nixos

{ config, pkgs, ... }:

{
  # Bootloader.
  boot.loader.systemd-boot.enable = true;
  boot.loader.efi.canTouchEfiVariables = true;

  networking.hostName = "nixos"; # The machine's name.
  # networking.wireless.enable = true;  # Wireless by wpa_supplicant.
  networking.networkmanager.enable = true;

  time.timeZone = "Europe/Amsterdam";

  # Alice sets her password herself, by passwd.
  users.users.alice = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    packages = with pkgs; [
      firefox
      tree
    ];
  };

  # For everybody.
  environment.systemPackages = with pkgs; [
    vim # An editor to change this file with.
    wget
  ];

  # services.openssh.enable = true;

  networking.firewall.enable = true;
  # networking.firewall.allowedTCPPorts = [ 22 ];

  fileSystems."/" = {
    device = "/dev/sda2";
    fsType = "ext4";
  };
  fileSystems."/boot" = {
    device = "/dev/sda1";
    fsType = "vfat";
  };

  system.stateVersion = "25.05"; # Leave it as it is.
}
