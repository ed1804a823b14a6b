{ config, lib, ... }:
let
  cfg = config.guide.webserver;
in
{
  options.guide.webserver = {
    enable = lib.mkEnableOption "the web server" // {
      default = true;
    };
    domain = lib.mkOption {
      type = lib.types.str;
      default = "example.org";
      description = "The site.";
    };
    root = lib.mkOption {
      type = lib.types.path;
      default = "/srv/www";
      description = "Its files.";
    };
  };
  config = lib.mkIf cfg.enable {
    services.nginx = {
      enable = true;
      virtualHosts.${cfg.domain} = {
        inherit (cfg) root;
      };
    };
    networking.firewall.allowedTCPPorts = [ 80 ];
  };
}
