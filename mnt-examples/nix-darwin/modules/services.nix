# Services.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    services = {
      openssh.enable = mkOption {
        type = types.nullOr types.bool;
        default = null;
        description = "Whether there are remote logins; null leaves it as it is.";
      };
      tailscale.enable = lib.mkEnableOption "Tailscale";
      yabai = {
        enable = lib.mkEnableOption "the window manager yabai";
        config = mkOption {
          type = types.attrs;
          default = { };
          description = "Its settings.";
        };
      };
    };
    launchd.user.agents = mkOption {
      type = types.attrsOf (types.submodule { freeformType = types.attrsOf types.anything; });
      default = { };
      description = "Services of the user.";
    };
    security.pam.services.sudo_local.touchIdAuth = lib.mkEnableOption "sudo by a finger";
  };
}
