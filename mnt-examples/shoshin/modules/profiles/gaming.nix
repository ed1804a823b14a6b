{ config, lib, ... }:
let
  cfg = config.profiles.gaming;
in
{
  options.profiles.gaming = {
    enable = lib.mkEnableOption "games";
    vr.enable = lib.mkEnableOption "virtual reality";
  };

  config = lib.mkIf cfg.enable {
    programs.steam.enable = true;
    programs.gamemode.enable = true;
    boot.kernel.sysctl."vm.max_map_count" = 2147483642;

    assertions = [
      {
        assertion = config.profiles.desktop.enable;
        message = "profiles.gaming needs a screen: set profiles.desktop.enable.";
      }
      {
        assertion = cfg.vr.enable -> config.hardware.profile.gpu.memory >= 8;
        message = "profiles.gaming.vr needs a graphics card with 8 GiB.";
      }
    ];
  };
}
