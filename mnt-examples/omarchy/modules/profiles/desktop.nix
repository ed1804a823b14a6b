# A graphical session: Hyprland, unless a host wants another one.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    mkEnableOption
    mkIf
    mkMerge
    mkOption
    types
    ;
  cfg = config.profiles.desktop;
in
{
  options.profiles.desktop = {
    enable = mkEnableOption "a graphical session";
    compositor = mkOption {
      type = types.enum [
        "hyprland"
        "sway"
        "plasma"
      ];
      default = "hyprland";
      description = "What draws the session.";
    };
    browser = mkOption {
      type = types.enum [
        "firefox"
        "brave"
        "none"
      ];
      default = "firefox";
      description = "The web browser.";
    };
    audio.enable = mkEnableOption "sound" // {
      default = true;
    };
    bluetooth.enable = mkEnableOption "Bluetooth";
    printing.enable = mkEnableOption "printing";
    creative.enable = mkEnableOption "programs for pictures and films";
    communication.enable = mkEnableOption "programs to talk to people" // {
      default = true;
    };
  };

  config = mkIf cfg.enable (mkMerge [
    {
      omarchy.desktop = {
        enable = true;
        inherit (cfg) compositor;
      };
      environment.systemPackages =
        with pkgs;
        [
          ghostty
          mpv
        ]
        ++ lib.optional (cfg.browser == "brave") brave
        ++ lib.optionals cfg.creative.enable [
          gimp
          inkscape
        ]
        ++ lib.optionals cfg.communication.enable [ signal-desktop ];
      programs.firefox.enable = cfg.browser == "firefox";
    }
    (mkIf cfg.audio.enable {
      services.pipewire = {
        enable = true;
        alsa.enable = true;
        pulse.enable = true;
      };
    })
    (mkIf cfg.bluetooth.enable {
      hardware.bluetooth.enable = true;
      services.blueman.enable = true;
    })
    (mkIf cfg.printing.enable { services.printing.enable = true; })
  ]);
}
