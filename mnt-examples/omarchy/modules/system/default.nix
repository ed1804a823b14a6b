# Settings of all machines; packages are in the profiles.
{
  config,
  lib,
  pkgs,
  ...
}:
{
  nix.settings = {
    experimental-features = [
      "nix-command"
      "flakes"
    ];
    trusted-users = [ "@wheel" ];
    auto-optimise-store = true;
  };
  nixpkgs.config.allowUnfree = true;

  time.timeZone = lib.mkDefault "America/Sao_Paulo";
  i18n.defaultLocale = "en_US.UTF-8";

  # Keep a few generations to go back to.
  boot.loader.systemd-boot = {
    enable = lib.mkDefault true;
    configurationLimit = 5;
  };

  users.users.jpolo = {
    isNormalUser = true;
    description = "J. Polo";
    extraGroups = [ "wheel" ] ++ lib.optional config.virtualisation.docker.enable "docker";
    openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample3 jpolo@example"
    ];
  };

  system.stateVersion = lib.mkDefault "25.05";
}
