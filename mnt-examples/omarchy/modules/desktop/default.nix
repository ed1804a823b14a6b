# How the session is set up; whether there is one is up to profiles.desktop.
{ config, lib, ... }:
let
  cfg = config.omarchy.desktop;
in
{
  options.omarchy.desktop = {
    enable = lib.mkOption {
      type = lib.types.bool;
      default = false;
      internal = true;
      description = "Whether there is a session.";
    };
    compositor = lib.mkOption {
      type = lib.types.str;
      internal = true;
      description = "What draws it.";
    };
  };
  config = lib.mkIf cfg.enable {
    programs.hyprland.enable = cfg.compositor == "hyprland";
    programs.sway.enable = cfg.compositor == "sway";
    services.desktopManager.plasma6.enable = cfg.compositor == "plasma";
    services.greetd = lib.mkIf (cfg.compositor != "plasma") {
      enable = true;
      settings.default_session.command = cfg.compositor;
    };
    services.displayManager.sddm.enable = cfg.compositor == "plasma";
    security.polkit.enable = true;
  };
}
