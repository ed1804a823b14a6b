# Power.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.powerManagement = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether the machine saves power.";
    };
    cpuFreqGovernor = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "ondemand";
      description = "Who decides about the processor's frequency: performance, powersave, schedutil, ….";
    };
    powertop.enable = lib.mkEnableOption "tuning by powertop at boot";
  };
  config = lib.mkIf (config.powerManagement.cpuFreqGovernor != null) {
    boot.kernelModules = [ "cpufreq_${config.powerManagement.cpuFreqGovernor}" ];
  };
}
