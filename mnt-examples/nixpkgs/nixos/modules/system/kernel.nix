# The kernel, its modules and its settings.
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
  options.boot = {
    kernel = {
      enable = lib.mkEnableOption "the Linux kernel" // {
        default = true;
      };
      sysctl = mkOption {
        type = types.submodule {
          freeformType = types.attrsOf (
            types.nullOr (
              types.oneOf [
                types.bool
                types.str
                types.int
              ]
            )
          );
          # Several services ask for more of these; the highest number is enough for all.
          options."net.core.rmem_max" = mkOption {
            type = types.nullOr types.ints.unsigned // {
              merge = _: defs: lib.foldl' (a: d: if a == null then d.value else lib.max a d.value) null defs;
            };
            default = null;
            description = "The largest receive buffer of a socket, in bytes.";
          };
        };
        default = { };
        example = {
          "net.ipv4.tcp_syncookies" = false;
          "vm.swappiness" = 60;
        };
        description = "Settings of the running kernel.";
      };
    };
    kernelPackages = mkOption {
      type = types.raw;
      default = pkgs.linuxPackages;
      defaultText = lib.literalExpression "pkgs.linuxPackages";
      example = lib.literalExpression "pkgs.linuxPackages_latest";
      description = "The kernel, with the modules that are built for it.";
    };
    kernelParams = mkOption {
      type = types.listOf (
        types.strMatching ''([^"[:space:]]|"[^"]*")+''
        // {
          name = "kernelParam";
          description = "word of the kernel's command line";
        }
      );
      default = [ ];
      description = "Words on the kernel's command line.";
    };
    consoleLogLevel = mkOption {
      type = types.int;
      default = 4;
      description = "Messages with a lower number than this are shown on the console.";
    };
    kernelModules = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Modules to load at boot.";
    };
    extraModulePackages = mkOption {
      type = types.listOf types.package;
      default = [ ];
      example = lib.literalExpression "[ config.boot.kernelPackages.nvidia_x11 ]";
      description = "Packages with more modules.";
    };
    extraModprobeConfig = mkOption {
      type = types.lines;
      default = "";
      example = "options snd_hda_intel power_save=1";
      description = "Lines for modprobe.conf.";
    };
    blacklistedKernelModules = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Modules never to load by themselves.";
    };
  };

  config = {
    system.build.kernel = config.boot.kernelPackages.kernel;
    boot.kernel.sysctl = {
      "kernel.printk" = lib.mkDefault config.boot.consoleLogLevel;
      "vm.max_map_count" = lib.mkDefault 1048576;
    };
    boot.kernelParams = [ "loglevel=${toString config.boot.consoleLogLevel}" ];
    boot.kernelModules = [
      "loop"
      "atkbd"
    ];
    boot.initrd.availableKernelModules = [
      "ahci"
      "nvme"
      "sd_mod"
    ];
    environment.etc."modules-load.d/nixos.conf".text =
      lib.concatStringsSep "\n" config.boot.kernelModules + "\n";
    environment.etc."sysctl.d/60-nixos.conf".text = lib.concatStrings (
      lib.mapAttrsToList (
        n: v: lib.optionalString (v != null) "${n}=${if v == false then "0" else toString v}\n"
      ) config.boot.kernel.sysctl
    );
    environment.etc."modprobe.d/nixos.conf".text =
      lib.concatMapStrings (m: "blacklist ${m}\n") config.boot.blacklistedKernelModules
      + config.boot.extraModprobeConfig;
  };
}
