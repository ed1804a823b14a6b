# Games.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkEnableOption mkIf;
  cfg = config.profiles.gaming;
in
{
  options.profiles.gaming = {
    enable = mkEnableOption "games";
    steam.enable = mkEnableOption "Steam" // {
      default = true;
    };
    gamemode.enable = mkEnableOption "tuning while a game runs" // {
      default = true;
    };
    emulators.enable = mkEnableOption "old consoles";
    streaming.enable = mkEnableOption "showing others what is played";
  };

  config = mkIf cfg.enable {
    programs.steam = mkIf cfg.steam.enable {
      enable = true;
      remotePlay.openFirewall = true;
    };
    programs.gamemode.enable = cfg.gamemode.enable;
    environment.systemPackages = [
      pkgs.mangohud
    ]
    ++ lib.optional cfg.streaming.enable pkgs.obs-studio;
    assertions = [
      {
        assertion = config.profiles.desktop.enable;
        message = "profiles.gaming.enable needs profiles.desktop.enable.";
      }
    ];
  };
}
