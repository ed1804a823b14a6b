# Shared by all hosts.
{
  config,
  lib,
  pkgs,
  ...
}:
{
  nix.settings.experimental-features = [ "nix-command" "flakes" ];
  time.timeZone = lib.mkDefault "UTC";
  services.openssh.enable = true;
  users.users.my-user = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    initialHashedPassword = "!";
  };
  environment.systemPackages = [
    pkgs.git
    pkgs.hello
  ];
  boot.loader.systemd-boot.enable = lib.mkDefault true;
  system.stateVersion = "25.05";

  # By themselves; a CI job that updates the lock file is better.
  system.autoUpgrade = {
    enable = lib.mkDefault false;
    flags = [
      "--update-input"
      "nixpkgs"
      "--no-write-lock-file"
    ];
    dates = "02:00";
    randomizedDelaySec = "45min";
  };
}
