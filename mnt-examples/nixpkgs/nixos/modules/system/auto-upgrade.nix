# Upgrades by themselves.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.system.autoUpgrade;
in
{
  options.system.autoUpgrade = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the system is upgraded regularly.";
    };
    operation = mkOption {
      type = types.enum [
        "switch"
        "boot"
      ];
      default = "switch";
      example = "boot";
      description = "Whether an upgrade counts at once or after the next boot.";
    };
    flake = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "github:example/nixos";
      description = "The flake to upgrade to.";
    };
    channel = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The channel to upgrade to.";
    };
    flags = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "More flags for nixos-rebuild.";
    };
    dates = mkOption {
      type = types.str;
      default = "04:40";
      example = "daily";
      description = "When.";
    };
    allowReboot = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the machine may restart for it.";
    };
    randomizedDelaySec = mkOption {
      type = types.str;
      default = "0";
      example = "45min";
      description = "By how much it is put off, at random.";
    };
    persistent = mkOption {
      type = types.bool;
      default = true;
      description = "Whether a missed run is made up for.";
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = !(cfg.channel != null && cfg.flake != null);
        message = "system.autoUpgrade.flake and system.autoUpgrade.channel can't both be set.";
      }
    ];
    system.autoUpgrade.flags = lib.optionals (cfg.flake != null) [
      "--refresh"
      "--flake"
      cfg.flake
    ];
    systemd.services.nixos-upgrade = {
      description = "NixOS Upgrade";
      script = "nixos-rebuild ${cfg.operation} ${toString cfg.flags}";
      startAt = [ cfg.dates ];
    };
    systemd.timers.nixos-upgrade.timerConfig = {
      RandomizedDelaySec = cfg.randomizedDelaySec;
      Persistent = cfg.persistent;
    };
  };
}
