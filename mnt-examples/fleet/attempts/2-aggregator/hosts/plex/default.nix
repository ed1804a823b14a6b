{
  networking.hostName = "plex";
  services.plex.enable = true;
}
