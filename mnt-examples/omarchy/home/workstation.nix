# On the desktop: all of it.
{
  imports = [ ./jpolo.nix ];
  profiles = {
    creative.enable = true;
    communication.enable = true;
    productivity = {
      enable = true;
      office.enable = true;
    };
  };
}
