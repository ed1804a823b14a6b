{ config, lib, ... }:
let
  cfg = config.profiles.power;
in
{
  options.profiles.power = {
    mode = lib.mkOption {
      type = lib.types.enum [
        "performance"
        "balanced"
        "saving"
      ];
      default = "balanced";
      description = "What the machine is to be careful with.";
    };
    chargeLimit = lib.mkOption {
      type = lib.types.nullOr (lib.types.ints.between 50 100);
      default = null;
      description = "At what percentage a battery stops charging.";
    };
  };

  config = {
    powerManagement.cpuFreqGovernor =
      {
        performance = "performance";
        balanced = "schedutil";
        saving = "powersave";
      }
      .${cfg.mode};
    services.tlp = lib.mkIf (cfg.chargeLimit != null) {
      enable = true;
      settings.STOP_CHARGE_THRESH_BAT0 = cfg.chargeLimit;
    };
  };
}
