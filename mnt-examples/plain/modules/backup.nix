# A toggle of our own.
{ config, lib, ... }:
let
  cfg = config.backup;
in
{
  options.backup = {
    enable = lib.mkEnableOption "backups every night";
    paths = lib.mkOption {
      type = lib.types.listOf lib.types.path;
      default = [ ];
      example = [ "/srv" ];
      description = "What is copied.";
    };
    target = lib.mkOption {
      type = lib.types.str;
      default = "sftp:backup@${config.networking.hostName}.backup.example:/";
      defaultText = lib.literalMD "by the machine's name";
      description = "Where to.";
    };
  };
  config = lib.mkIf cfg.enable {
    services.restic.backups.nightly = {
      paths = map toString cfg.paths;
      repository = cfg.target;
      passwordFile = "/etc/restic-password";
    };
    assertions = [
      {
        assertion = cfg.paths != [ ];
        message = "backup.enable is set, but backup.paths is empty.";
      }
    ];
  };
}
