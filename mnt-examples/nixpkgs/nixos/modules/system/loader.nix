# Boot loaders.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.boot.loader;
in
{
  options.boot.loader = {
    timeout = mkOption {
      type = types.nullOr types.int;
      default = 5;
      description = "How many seconds the menu waits; null waits for ever.";
    };
    efi = {
      canTouchEfiVariables = mkOption {
        type = types.bool;
        default = false;
        description = "Whether the firmware's settings may be changed.";
      };
      efiSysMountPoint = mkOption {
        type = types.str;
        default = "/boot";
        description = "Where the firmware's partition is mounted.";
      };
    };
    systemd-boot = {
      enable = mkOption {
        type = types.bool;
        default = false;
        description = "Whether to enable systemd-boot.";
      };
      configurationLimit = mkOption {
        type = types.nullOr types.int;
        default = null;
        example = 120;
        description = "How many generations the menu has; null is all of them.";
      };
      editor = mkOption {
        type = types.bool;
        default = true;
        description = "Whether the kernel's command line can be edited in the menu.";
      };
      consoleMode = mkOption {
        type = types.enum [
          "0"
          "1"
          "2"
          "5"
          "auto"
          "max"
          "keep"
        ];
        default = "keep";
        description = "The resolution of the menu.";
      };
    };
    grub = {
      enable = mkOption {
        type = types.bool;
        default = !config.boot.isContainer && !cfg.systemd-boot.enable;
        defaultText = lib.literalMD "unless another boot loader is enabled";
        description = "Whether to enable GRUB.";
      };
      device = mkOption {
        type = types.str;
        default = "";
        example = "/dev/disk/by-id/nvme-example_0123";
        description = "The disk on which it is installed; `nodev` for none.";
      };
      devices = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "The same, for several disks.";
      };
      efiSupport = mkOption {
        type = types.bool;
        default = false;
        description = "Whether it is installed for EFI.";
      };
      efiInstallAsRemovable = mkOption {
        type = types.bool;
        default = false;
        description = "Whether it is put where firmware looks first.";
      };
      useOSProber = mkOption {
        type = types.bool;
        default = false;
        description = "Whether other systems are looked for and put in the menu.";
      };
      configurationLimit = mkOption {
        type = types.int;
        default = 100;
        description = "How many generations the menu has.";
      };
      configurationName = mkOption {
        type = types.str;
        default = "";
        description = "What the newest is called in it.";
      };
    };
  };

  config = {
    boot.loader.grub.devices = lib.mkIf (cfg.grub.device != "") [ cfg.grub.device ];
    system.build.installBootLoader = pkgs.writeScript "install-boot-loader.sh" (
      if cfg.systemd-boot.enable then
        "bootctl install --path=${cfg.efi.efiSysMountPoint}"
      else if cfg.grub.enable then
        "grub-install ${toString cfg.grub.devices}"
      else
        "true"
    );
    assertions = [
      {
        assertion = !cfg.grub.enable || cfg.grub.devices != [ ];
        message = "GRUB needs to know where to go: set boot.loader.grub.device (or boot.loader.grub.devices).";
      }
      {
        assertion = !(cfg.grub.enable && cfg.systemd-boot.enable);
        message = "Two boot loaders are enabled: GRUB and systemd-boot.";
      }
    ];
  };
}
