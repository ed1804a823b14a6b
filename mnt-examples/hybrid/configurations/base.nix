# What both machines have.
{
  config,
  lib,
  pkgs,
  inputs,
  ...
}:
{
  imports = [
    ../modules/assertions/environment.nix
    ../modules/desktop/sway.nix
    ../modules/services/development.nix
    ../modules/services/networking.nix
  ];

  nix.settings = {
    experimental-features = [
      "nix-command"
      "flakes"
    ];
    trusted-users = [
      "root"
      "vpittamp"
    ];
    auto-optimise-store = true;
  };
  nix.registry.nixpkgs.flake = inputs.nixpkgs;

  users.users.vpittamp = {
    isNormalUser = true;
    description = "Vinod";
    extraGroups = [
      "wheel"
      "docker"
      "video"
    ];
    openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample2 vpittamp@example"
    ];
  };
  security.sudo.wheelNeedsPassword = false;

  time.timeZone = "America/New_York";
  environment.systemPackages = with pkgs; [
    git
    vim
    htop
    tmux
  ];
  system.stateVersion = "24.11";
}
