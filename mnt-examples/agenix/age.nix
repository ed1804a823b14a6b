# Secrets that are files encrypted by age.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.age;
  secretModule =
    { name, config, ... }:
    {
      options = {
        name = mkOption {
          type = types.str;
          default = name;
          description = "The decrypted file's name.";
        };
        file = mkOption {
          type = types.path;
          description = "The encrypted file.";
        };
        path = mkOption {
          type = types.str;
          default = "${cfg.secretsDir}/${config.name}";
          defaultText = lib.literalMD "below `age.secretsDir`";
          description = "Where the decrypted file is found.";
        };
        mode = mkOption {
          type = types.str;
          default = "0400";
          description = "Its permissions.";
        };
        owner = mkOption {
          type = types.str;
          default = "0";
          description = "Its owner.";
        };
        group = mkOption {
          type = types.str;
          default = "0";
          description = "Its group.";
        };
        symlink = lib.mkEnableOption "a link instead of the file itself" // {
          default = true;
        };
      };
    };
in
{
  options.age = {
    secretsDir = mkOption {
      type = types.path;
      default = "/run/agenix";
      description = "Where secrets are found.";
    };
    identityPaths = mkOption {
      type = types.listOf types.path;
      default = lib.optionals config.services.openssh.enable (
        map (k: k.path) config.services.openssh.hostKeys
      );
      defaultText = lib.literalMD "the keys of the SSH server";
      description = "Keys that open them.";
    };
    secrets = mkOption {
      type = types.attrsOf (types.submodule secretModule);
      default = { };
      description = "The secrets, by name.";
    };
  };

  config = lib.mkIf (cfg.secrets != { }) {
    assertions = [
      {
        assertion = cfg.identityPaths != [ ];
        message = "age.identityPaths is empty: nobody could open the secrets.";
      }
    ];
    system.activationScripts.agenix = {
      deps = [ "specialfs" ];
      text = lib.concatMapStrings (
        s: "age --decrypt -o ${s.path} ${s.file} # ${s.owner}:${s.group} ${s.mode}\n"
      ) (lib.attrValues cfg.secrets);
    };
  };
}
