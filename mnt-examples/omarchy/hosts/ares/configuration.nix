# The laptop: small.
{ ... }:
{
  imports = [ ./hardware-configuration.nix ];

  profiles = {
    desktop = {
      enable = true;
      compositor = "hyprland";
      bluetooth.enable = true;
      creative.enable = false;
    };
    development = {
      enable = true;
      languages = {
        python.enable = true;
        rust.enable = false;
      };
      tools.docker.enable = false;
    };
    gaming.enable = false;
    power-user = {
      enable = false;
      scientific.octave.enable = false; # nobody needs it on the road
    };
  };

  services.tlp.settings = {
    CPU_SCALING_GOVERNOR_ON_AC = "performance";
    CPU_SCALING_GOVERNOR_ON_BAT = "powersave";
    STOP_CHARGE_THRESH_BAT0 = 80;
  };
}
