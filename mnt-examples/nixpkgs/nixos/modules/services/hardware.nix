# Services that look after the machine's parts.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services;
in
{
  options.services = {
    fwupd.enable = lib.mkEnableOption "updates of firmware by fwupd";
    fstrim = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether solid state disks are told regularly which blocks are free.";
      };
      interval = mkOption {
        type = types.str;
        default = "weekly";
        description = "How often.";
      };
    };
    thermald.enable = lib.mkEnableOption "thermald, which keeps Intel processors cool";
    tlp = {
      enable = lib.mkEnableOption "TLP power management daemon";
      settings = mkOption {
        type = types.attrsOf (
          types.oneOf [
            types.bool
            types.int
            types.float
            types.str
            (types.listOf types.str)
          ]
        );
        default = { };
        example = {
          CPU_SCALING_GOVERNOR_ON_BAT = "powersave";
        };
        description = "Its settings.";
      };
    };
    power-profiles-daemon.enable = lib.mkEnableOption "power-profiles-daemon";
    auto-cpufreq.enable = lib.mkEnableOption "auto-cpufreq daemon";
    upower = {
      enable = lib.mkEnableOption "UPower, which tells programs about batteries";
      percentageLow = mkOption {
        type = types.ints.unsigned;
        default = 20;
        description = "When a battery is low, in percent.";
      };
    };
    blueman.enable = lib.mkEnableOption "Blueman, windows for Bluetooth";
    udev = {
      packages = mkOption {
        type = types.listOf types.path;
        default = [ ];
        description = "Packages with rules for devices.";
      };
      extraRules = mkOption {
        type = types.lines;
        default = "";
        description = "More rules.";
      };
    };
    hardware.bolt.enable = lib.mkEnableOption "Bolt, which lets Thunderbolt devices in";
    qemuGuest.enable = lib.mkEnableOption "the qemu guest agent";
    spice-vdagentd.enable = lib.mkEnableOption "the agent of Spice, for guests";
  };
  config = lib.mkMerge [
    {
      systemd.services.fstrim = lib.mkIf cfg.fstrim.enable {
        description = "Discard unused blocks";
        startAt = cfg.fstrim.interval;
        serviceConfig.ExecStart = "${pkgs.util-linux}/bin/fstrim --listed-in /etc/fstab:/proc/self/mountinfo --verbose";
      };
    }
    (lib.mkIf cfg.tlp.enable {
      powerManagement.cpuFreqGovernor = lib.mkDefault null;
      environment.etc."tlp.conf".text = lib.generators.toKeyValue { } cfg.tlp.settings;
      assertions = [
        {
          assertion = !cfg.power-profiles-daemon.enable;
          message = "services.tlp and services.power-profiles-daemon both want to save power.";
        }
      ];
    })
  ];
}
