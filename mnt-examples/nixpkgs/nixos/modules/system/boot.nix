# From the boot loader to the running system.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  moduleList =
    description:
    mkOption {
      type = types.listOf types.str;
      default = [ ];
      inherit description;
    };
in
{
  options.boot = {
    initrd = {
      enable = mkOption {
        type = types.bool;
        default = !config.boot.isContainer;
        defaultText = lib.literalExpression "!config.boot.isContainer";
        description = "Whether there is an initial ramdisk.";
      };
      availableKernelModules = moduleList "Kernel modules that the initial ramdisk can load when it needs them.";
      kernelModules = moduleList "Kernel modules that it loads in any case.";
      supportedFilesystems = mkOption {
        type = types.coercedTo (types.listOf types.str) (ns: lib.genAttrs ns (_: true)) (
          types.attrsOf types.bool
        );
        default = { };
        description = "File systems that it can mount.";
      };
      systemd.enable = mkOption {
        type = types.bool;
        default = false;
        description = "Whether systemd runs in it.";
      };
      verbose = mkOption {
        type = types.bool;
        default = true;
        description = "Whether it tells what it does.";
      };
      luks.devices = mkOption {
        type = types.attrsOf (
          types.submodule (
            { name, ... }:
            {
              options = {
                name = mkOption {
                  type = types.str;
                  default = name;
                  description = "What it is called when it is open.";
                };
                device = mkOption {
                  type = types.path;
                  example = "/dev/disk/by-uuid/5e0c33a1-1e02-4d8c-9d0b-7d3c2f51a6b4";
                  description = "The encrypted device.";
                };
                allowDiscards = lib.mkEnableOption "TRIM requests, which tell an attacker which blocks are free";
                bypassWorkqueues = lib.mkEnableOption "faster paths for solid state disks";
                keyFile = mkOption {
                  type = types.nullOr types.str;
                  default = null;
                  description = "A file with the key.";
                };
              };
            }
          )
        );
        default = { };
        description = "Encrypted devices to open at boot.";
      };
    };
    isContainer = mkOption {
      type = types.bool;
      default = false;
      description = "Whether this is a container on another NixOS.";
    };
    growPartition = lib.mkEnableOption "growing the root partition at boot";
    supportedFilesystems = mkOption {
      type = types.coercedTo (types.listOf types.str) (ns: lib.genAttrs ns (_: true)) (
        types.attrsOf types.bool
      );
      default = { };
      example = [ "ntfs" ];
      description = "File systems that the system can mount.";
    };
    tmp = {
      cleanOnBoot = mkOption {
        type = types.bool;
        default = false;
        description = "Whether /tmp is emptied at boot.";
      };
      useTmpfs = mkOption {
        type = types.bool;
        default = false;
        description = "Whether /tmp is in memory.";
      };
      tmpfsSize = mkOption {
        type = types.oneOf [
          types.str
          types.ints.positive
        ];
        default = "50%";
        description = "How big it may grow then.";
      };
    };
    plymouth = {
      enable = lib.mkEnableOption "a picture while the system boots";
      theme = mkOption {
        type = types.str;
        default = "bgrt";
        description = "Which picture.";
      };
    };
    binfmt.emulatedSystems = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "aarch64-linux" ];
      description = "Other systems whose programs run here by emulation.";
    };
  };

  config.system.build.initialRamdisk = pkgs.stdenv.mkDerivation {
    name = "initrd-linux-${config.boot.kernelPackages.kernel.version}";
    modules = lib.unique (
      config.boot.initrd.availableKernelModules ++ config.boot.initrd.kernelModules
    );
    devices = lib.mapAttrsToList (_: d: d.device) config.boot.initrd.luks.devices;
  };
}
