# Memory on disk, and compressed in memory.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    swapDevices = mkOption {
      type = types.listOf (
        types.submodule {
          options = {
            device = mkOption {
              type = types.nonEmptyStr;
              example = "/dev/sda3";
              description = "The device or file.";
            };
            label = mkOption {
              type = types.nullOr types.str;
              default = null;
              description = "Its label, instead of the device.";
            };
            size = mkOption {
              type = types.nullOr types.int;
              default = null;
              example = 2048;
              description = "For a file: its size in MiB; it is made if it isn't there.";
            };
            priority = mkOption {
              type = types.nullOr (types.ints.between 0 32767);
              default = null;
              description = "Those with a higher number are used first.";
            };
            randomEncryption.enable = lib.mkEnableOption "encryption with a key that is forgotten";
          };
        }
      );
      default = [ ];
      description = "Where memory that isn't used for long goes.";
    };
    zramSwap = {
      enable = lib.mkEnableOption "compressed memory as swap";
      memoryPercent = mkOption {
        type = types.ints.positive;
        default = 50;
        description = "How much of the memory it may hold, in percent.";
      };
      algorithm = mkOption {
        type = types.either (types.enum [
          "lzo"
          "lz4"
          "zstd"
        ]) types.str;
        default = "zstd";
        description = "How it is compressed.";
      };
      priority = mkOption {
        type = types.int;
        default = 5;
        description = "Its priority among swap devices.";
      };
    };
  };
  config.boot.kernelModules = lib.mkIf config.zramSwap.enable [ "zram" ];
}
