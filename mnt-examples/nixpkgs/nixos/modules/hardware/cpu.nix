# Processors.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  microcode =
    vendor:
    lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether the microcode of ${vendor} processors is updated at boot.";
    };
in
{
  options.hardware.cpu = {
    intel.updateMicrocode = microcode "Intel";
    amd.updateMicrocode = microcode "AMD";
  };
  config.hardware.firmware =
    lib.optional config.hardware.cpu.intel.updateMicrocode pkgs.microcode-intel
    ++ lib.optional config.hardware.cpu.amd.updateMicrocode pkgs.microcode-amd;
}
