# What is said of one secret. Its contents are in an encrypted file, and are
# decrypted on the machine when the system is activated, never before.
{ lib, cfg }:
{ name, config, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    name = mkOption {
      type = types.str;
      default = name;
      description = "The file's name below /run/secrets.";
    };
    key = mkOption {
      type = types.str;
      default = name;
      description = "Which entry of the encrypted file it is; / goes deeper.";
    };
    path = mkOption {
      type = types.str;
      default = "${cfg.directory}/${config.name}";
      defaultText = lib.literalMD "below /run/secrets";
      description = "Where the decrypted secret is found.";
    };
    format = mkOption {
      type = types.enum [
        "yaml"
        "json"
        "binary"
        "dotenv"
        "ini"
      ];
      default = cfg.defaultSopsFormat;
      description = "How the encrypted file is written.";
    };
    sopsFile = mkOption {
      type = types.path;
      default = cfg.defaultSopsFile;
      defaultText = lib.literalExpression "config.sops.defaultSopsFile";
      description = "The encrypted file.";
    };
    mode = mkOption {
      type = types.str;
      default = "0400";
      description = "The decrypted file's permissions.";
    };
    owner = mkOption {
      type = types.nullOr types.str;
      default = "root";
      description = "Its owner.";
    };
    group = mkOption {
      type = types.nullOr types.str;
      default = "root";
      description = "Its group.";
    };
    neededForUsers = mkOption {
      type = types.bool;
      default = false;
      description = "Whether it must be there before users are made.";
    };
    restartUnits = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "sshd.service" ];
      description = "Services to restart when it changes.";
    };
  };
}
