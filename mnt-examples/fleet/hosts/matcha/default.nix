# A small box for the house.
{
  roles.server.enable = true;
  services.home-assistant = {
    enable = true;
    openFirewall = true;
  };
  services.adguardhome.enable = true;
  networking.firewall.allowedUDPPorts = [ 53 ];
}
