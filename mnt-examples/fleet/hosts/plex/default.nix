# Films and music. It has its own flake.lock, to be a release ahead.
{ config, pkgs, ... }:
{
  roles.server.enable = true;

  services.plex = {
    enable = true;
    openFirewall = true;
  };
  environment.systemPackages = [ pkgs.plex ];

  fileSystems."/media" = {
    device = "nas.home.arpa:/volume1/media";
    fsType = "nfs";
    options = [
      "x-systemd.automount"
      "noauto"
    ];
  };
}
