{ config, lib, ... }:
{
  options.features.webserver.enable = lib.mkEnableOption "a web server";
  config = lib.mkIf config.features.webserver.enable {
    services.nginx.enable = true;
    networking.firewall.allowedTCPPorts = [ 80 ];
  };
}
