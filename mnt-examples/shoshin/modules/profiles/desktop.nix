{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.profiles.desktop;
in
{
  options.profiles.desktop = {
    enable = lib.mkEnableOption "a graphical session";
    environment = lib.mkOption {
      type = lib.types.enum [
        "plasma"
        "hyprland"
        "sway"
      ];
      default = "plasma";
      description = "Which one.";
    };
    sound.enable = lib.mkEnableOption "sound" // {
      default = true;
    };
    printing.enable = lib.mkEnableOption "printing";
  };

  config = lib.mkIf cfg.enable (
    lib.mkMerge [
      (lib.mkIf (cfg.environment == "plasma") {
        services.desktopManager.plasma6.enable = true;
        services.displayManager.sddm.enable = true;
      })
      (lib.mkIf (cfg.environment == "hyprland") { programs.hyprland.enable = true; })
      (lib.mkIf (cfg.environment == "sway") { programs.sway.enable = true; })
      (lib.mkIf cfg.sound.enable {
        services.pipewire = {
          enable = true;
          alsa.enable = true;
          pulse.enable = true;
        };
      })
      (lib.mkIf cfg.printing.enable { services.printing.enable = true; })
      {
        programs.firefox.enable = true;
        fonts.packages = [ pkgs.nerd-fonts.jetbrains-mono ];
      }
    ]
  );
}
