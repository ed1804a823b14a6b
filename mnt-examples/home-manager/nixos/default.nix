# home-manager as a module of NixOS.
{
  config,
  lib,
  ...
}:
{
  imports = [ ./common.nix ];
  config.systemd.services = lib.mapAttrs' (
    user: c:
    lib.nameValuePair "home-manager-${user}" {
      description = "Home Manager environment for ${user}";
      wantedBy = [ "multi-user.target" ];
      serviceConfig = {
        User = user;
        Type = "oneshot";
        ExecStart = "${c.home.activationPackage}/activate";
      };
    }
  ) config.home-manager.users;
}
