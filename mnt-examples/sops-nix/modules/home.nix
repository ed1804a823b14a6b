# Secrets of a user.
{ config, lib, ... }:
{
  imports = [ ./options.nix ];
  config.sops.directory = lib.mkDefault "${config.xdg.configHome}/sops-nix/secrets";
}
