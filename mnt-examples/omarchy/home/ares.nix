# On the laptop: little.
{
  imports = [ ./jpolo.nix ];
  profiles.productivity.enable = true;
}
