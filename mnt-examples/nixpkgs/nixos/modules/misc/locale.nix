# Where the machine is.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    time = {
      timeZone = mkOption {
        type = types.nullOr (types.addCheck types.str (s: !(lib.hasInfix " " s)));
        default = null;
        example = "America/New_York";
        description = "The time zone; null leaves it to the running system (UTC at first).";
      };
      hardwareClockInLocalTime = mkOption {
        type = types.bool;
        default = false;
        description = "Whether the hardware clock keeps local time instead of UTC.";
      };
    };
    location = {
      latitude = mkOption {
        type = types.float;
        description = "The latitude, from -90.0 to 90.0.";
      };
      longitude = mkOption {
        type = types.float;
        description = "The longitude, from -180.0 to 180.0.";
      };
      provider = mkOption {
        type = types.enum [
          "manual"
          "geoclue2"
        ];
        default = "manual";
        description = "Who knows the location.";
      };
    };
  };

  config = {
    environment.etc.localtime = lib.mkIf (config.time.timeZone != null) {
      source = "/etc/zoneinfo/${config.time.timeZone}";
      mode = "direct-symlink";
    };
    environment.sessionVariables.TZDIR = "/etc/zoneinfo";
  };
}
