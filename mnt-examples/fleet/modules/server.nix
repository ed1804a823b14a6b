{ config, lib, ... }:
{
  options.roles.server.enable = lib.mkEnableOption "what a server needs";
  config = lib.mkIf config.roles.server.enable {
    services.openssh.settings.PasswordAuthentication = false;
    services.fail2ban.enable = true;
    services.prometheus.exporters.node.enable = true;
    documentation.enable = lib.mkDefault false;
  };
}
