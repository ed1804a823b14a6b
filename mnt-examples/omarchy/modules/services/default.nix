# Secrets, and what every machine runs.
{ config, lib, ... }:
{
  sops = {
    defaultSopsFile = ../../secrets/common.yaml;
    age.keyFile = "/var/lib/sops-nix/key.txt";
    secrets."users/jpolo/password" = {
      neededForUsers = true;
    };
  };
  users.users.jpolo.hashedPasswordFile = config.sops.secrets."users/jpolo/password".path;

  services.fstrim.enable = lib.mkDefault true;
  services.journald.extraConfig = "SystemMaxUse=500M";
}
