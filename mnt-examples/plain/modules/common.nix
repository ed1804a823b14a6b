{ config, lib, pkgs, ... }:
{
  time.timeZone = "UTC";
  services.openssh = {
    enable = true;
    settings.PasswordAuthentication = false;
  };
  users.users.admin = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample1 admin@example"
    ];
  };
  security.sudo.wheelNeedsPassword = false;
  environment.systemPackages = [ pkgs.vim pkgs.htop ];
  nix.settings.allowed-users = [ "@wheel" ];
}
