# Bluetooth.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.hardware.bluetooth = {
    enable = lib.mkEnableOption "support for Bluetooth";
    powerOnBoot = mkOption {
      type = types.bool;
      default = true;
      description = "Whether it is on after a boot.";
    };
    settings = mkOption {
      type = types.attrsOf (types.attrsOf types.anything);
      default = { };
      example = {
        General.Experimental = true;
      };
      description = "The contents of main.conf.";
    };
  };
  config = lib.mkIf config.hardware.bluetooth.enable {
    environment.etc."bluetooth/main.conf".text = lib.generators.toINI { } (
      lib.recursiveUpdate { Policy.AutoEnable = config.hardware.bluetooth.powerOnBoot; }
        config.hardware.bluetooth.settings
    );
  };
}
