# The server under the stairs.
{ config, pkgs, ... }:

{
  imports = [
    ./hardware-configuration.nix
    ../../modules/common.nix
    ../../modules/backup.nix
  ];

  networking.hostName = "atlas";
  networking.domain = "home.arpa";
  networking.interfaces.enp3s0.ipv4.addresses = [
    {
      address = "192.168.1.10";
      prefixLength = 24;
    }
  ];
  networking.defaultGateway = "192.168.1.1";
  networking.nameservers = [ "192.168.1.1" "9.9.9.9" ];

  services.nginx = {
    enable = true;
    virtualHosts."atlas.home.arpa" = {
      default = true;
      locations."/".root = "/srv/www";
      locations."/git/".proxyPass = "http://127.0.0.1:3000/";
    };
  };
  networking.firewall.allowedTCPPorts = [ 80 443 ];

  backup.enable = true;
  backup.paths = [ "/srv" "/var/lib" ];

  system.stateVersion = "24.11";
}
