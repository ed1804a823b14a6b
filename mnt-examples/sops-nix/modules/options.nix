# The options, for systems and for users.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.sops;
in
{
  options.sops = {
    directory = mkOption {
      type = types.str;
      default = "/run/secrets";
      internal = true;
      description = "Where secrets are found.";
    };
    defaultSopsFile = mkOption {
      type = types.path;
      description = "The encrypted file of secrets that name none.";
    };
    defaultSopsFormat = mkOption {
      type = types.str;
      default = "yaml";
      description = "How it is written.";
    };
    validateSopsFiles = mkOption {
      type = types.bool;
      default = true;
      description = "Whether encrypted files must be there when the system is evaluated.";
    };
    age = {
      keyFile = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "/var/lib/sops-nix/key.txt";
        description = "The file with the machine's key.";
      };
      generateKey = mkOption {
        type = types.bool;
        default = false;
        description = "Whether that is made if it isn't there.";
      };
      sshKeyPaths = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "SSH keys to use instead.";
      };
    };
    gnupg.sshKeyPaths = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "SSH keys that open files encrypted by GnuPG.";
    };
    secrets = mkOption {
      type = types.attrsOf (types.submodule (import ./secret-type.nix { inherit lib cfg; }));
      default = { };
      description = "The secrets, by name.";
    };
    templates = mkOption {
      type = types.attrsOf (
        types.submodule (
          { name, ... }:
          {
            options = {
              content = mkOption {
                type = types.lines;
                default = "";
                description = "The text, with placeholders for secrets.";
              };
              path = mkOption {
                type = types.str;
                default = "${cfg.directory}/rendered/${name}";
                description = "Where the filled in text is found.";
              };
              owner = mkOption {
                type = types.str;
                default = "root";
                description = "Its owner.";
              };
              mode = mkOption {
                type = types.str;
                default = "0400";
                description = "Its permissions.";
              };
            };
          }
        )
      );
      default = { };
      description = "Texts with secrets in them.";
    };
    placeholder = mkOption {
      type = types.attrsOf types.str;
      readOnly = true;
      default = lib.mapAttrs (
        name: _: "<SOPS:${builtins.hashString "sha256" name}:PLACEHOLDER>"
      ) cfg.secrets;
      defaultText = lib.literalMD "a word for each secret";
      description = "What stands for a secret in a template.";
    };
  };
}
