# Games.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.programs;
  toggle =
    description:
    mkOption {
      type = types.bool;
      default = false;
      inherit description;
    };
in
{
  options.programs = {
    steam = {
      enable = lib.mkEnableOption "steam";
      package = lib.mkPackageOption pkgs "steam" { };
      remotePlay.openFirewall = toggle "Whether ports for Steam Remote Play are opened in the firewall.";
      dedicatedServer.openFirewall = toggle "Whether ports for game servers are opened in the firewall.";
      localNetworkGameTransfers.openFirewall = toggle "Whether ports for copying games are opened in the firewall.";
      gamescopeSession.enable = lib.mkEnableOption "GameScope Session";
      extraCompatPackages = mkOption {
        type = types.listOf types.package;
        default = [ ];
        description = "More versions of Proton.";
      };
    };
    gamemode = {
      enable = lib.mkEnableOption "GameMode, which tunes the machine for a game";
      enableRenice = toggle "Whether games get more right to the processors.";
      settings = mkOption {
        type = (pkgs.formats.ini { }).type;
        default = { };
        description = "The contents of gamemode.ini.";
      };
    };
    gamescope = {
      enable = lib.mkEnableOption "gamescope, a compositor for one game";
      capSysNice = toggle "Whether it may ask for more right to the processors.";
    };
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.steam.enable {
      hardware.graphics = {
        enable = true;
        enable32Bit = pkgs.stdenv.hostPlatform.isx86_64;
      };
      environment.systemPackages = [ cfg.steam.package ];
      networking.firewall = lib.mkMerge [
        (lib.mkIf cfg.steam.remotePlay.openFirewall {
          allowedTCPPorts = [ 27036 ];
          allowedUDPPortRanges = [
            {
              from = 27031;
              to = 27035;
            }
          ];
        })
        (lib.mkIf cfg.steam.dedicatedServer.openFirewall {
          allowedTCPPorts = [ 27015 ];
          allowedUDPPorts = [ 27015 ];
        })
      ];
    })
    (lib.mkIf cfg.gamemode.enable { environment.systemPackages = [ pkgs.gamemode ]; })
    (lib.mkIf cfg.gamescope.enable { environment.systemPackages = [ pkgs.gamescope ]; })
  ];
}
