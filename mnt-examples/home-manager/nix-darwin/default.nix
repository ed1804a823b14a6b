# home-manager as a module of nix-darwin.
{ config, lib, ... }:
{
  imports = [ ../nixos/common.nix ];
  config.system.activationScripts.postActivation.text = lib.concatStrings (
    lib.mapAttrsToList (
      user: c: "sudo -u ${user} ${c.home.activationPackage}/activate\n"
    ) config.home-manager.users
  );
}
