# Firmware that devices load.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
in
{
  options.hardware = {
    enableAllFirmware = lib.mkEnableOption "all firmware, whatever its licence";
    enableRedistributableFirmware = lib.mkEnableOption "firmware that may be passed on" // {
      default = config.hardware.enableAllFirmware;
      defaultText = lib.literalExpression "config.hardware.enableAllFirmware";
    };
    firmware = mkOption {
      type = types.listOf types.package;
      default = [ ];
      description = "Packages with firmware.";
    };
    ksm.enable = lib.mkEnableOption "merging of equal memory pages";
    sensor.iio.enable = lib.mkEnableOption "sensors for light and orientation";
    i2c.enable = lib.mkEnableOption "access to i2c devices";
    asahi.enable = lib.mkEnableOption "support for Apple's own processors";
  };
  config = lib.mkIf config.hardware.enableRedistributableFirmware {
    hardware.firmware = [ pkgs.linux-firmware ];
  };
}
