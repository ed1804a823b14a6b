# What all seven have.
{
  config,
  lib,
  pkgs,
  ...
}:
{
  imports = [
    ./desktop.nix
    ./laptop.nix
    ./server.nix
  ];

  nix.settings.experimental-features = [
    "nix-command"
    "flakes"
  ];
  nix.gc.automatic = lib.mkDefault true;
  nixpkgs.config.allowUnfree = true;

  users.users.jono = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    shell = pkgs.fish;
    openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample4 jono@example"
    ];
  };
  programs.fish.enable = true;

  services.openssh.enable = true;
  services.tailscale.enable = lib.mkDefault true;
  services.syncthing = {
    user = "jono";
    dataDir = "/home/jono/sync";
  };

  time.timeZone = lib.mkDefault "Europe/London";
  boot.loader.systemd-boot.enable = lib.mkDefault true;
  fileSystems."/" = {
    device = lib.mkDefault "/dev/disk/by-label/nixos";
    fsType = lib.mkDefault "ext4";
  };
  environment.systemPackages = [
    pkgs.git
    pkgs.helix
  ];
  system.stateVersion = lib.mkDefault "24.11";
}
