# This host, and nobody else. The shared parts are imported.
{
  imports = [ ../../../../configurations/hetzner-sway.nix ];
}
