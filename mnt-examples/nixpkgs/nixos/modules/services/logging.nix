# The journal, logins, and cron.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.services = {
    journald = {
      storage = mkOption {
        type = types.enum [
          "persistent"
          "volatile"
          "auto"
          "none"
        ];
        default = "persistent";
        description = "Where the journal is kept.";
      };
      extraConfig = mkOption {
        type = types.lines;
        default = "";
        example = "Storage=volatile";
        description = "Lines for journald.conf.";
      };
      rateLimitBurst = mkOption {
        type = types.int;
        default = 10000;
        description = "How many messages a service may log in one interval.";
      };
    };
    logind.settings.Login = mkOption {
      type = types.attrsOf (
        types.oneOf [
          types.bool
          types.int
          types.str
        ]
      );
      default = { };
      example = {
        HandleLidSwitch = "ignore";
      };
      description = "What happens when the lid is closed, a key is pressed, and so on.";
    };
    cron = {
      enable = mkOption {
        type = types.bool;
        default = false;
        description = "Whether to enable cron.";
      };
      systemCronJobs = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Lines for /etc/crontab.";
      };
    };
    logrotate.enable = lib.mkEnableOption "rotation of logs" // {
      default = true;
    };
  };
  config = {
    environment.etc."systemd/journald.conf".text = ''
      [Journal]
      Storage=${config.services.journald.storage}
      RateLimitBurst=${toString config.services.journald.rateLimitBurst}
      ${config.services.journald.extraConfig}'';
    services.cron.enable = lib.mkIf (config.services.cron.systemCronJobs != [ ]) (lib.mkDefault true);
  };
}
