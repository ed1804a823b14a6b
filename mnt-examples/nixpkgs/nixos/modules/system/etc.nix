# Files in /etc.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  enabled = lib.filter (f: f.enable) (lib.attrValues config.environment.etc);

  fileModule =
    {
      name,
      config,
      options,
      ...
    }:
    {
      options = {
        enable = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the file is there.";
        };
        target = mkOption {
          type = types.str;
          description = "Its path below /etc; the attribute's name by default.";
        };
        text = mkOption {
          type = types.nullOr types.lines;
          default = null;
          description = "What is in it.";
        };
        source = mkOption {
          type = types.path;
          description = "The file to link to.";
        };
        mode = mkOption {
          type = types.str;
          default = "symlink";
          example = "0600";
          description = "`symlink`, or the permissions of a copy.";
        };
        user = mkOption {
          type = types.str;
          default = "+0";
          description = "The owner of a copy.";
        };
        group = mkOption {
          type = types.str;
          default = "+0";
          description = "The group of a copy.";
        };
      };
      config = {
        target = lib.mkDefault name;
        # With the priority of the text, so that text and source of others still compete.
        source = lib.mkIf (config.text != null) (
          lib.mkDerivedConfig options.text (
            pkgs.writeText ("etc-" + lib.replaceStrings [ "/" ] [ "-" ] name)
          )
        );
      };
    };
in
{
  options.environment.etc = mkOption {
    type = types.attrsOf (types.submodule fileModule);
    default = { };
    example = lib.literalExpression ''
      {
        "motd".text = "hello";
        "chrony.keys" = { source = ./chrony.keys; mode = "0400"; };
      }
    '';
    description = "Files in /etc.";
  };

  config = {
    environment.etc = {
      hostname = lib.mkIf (config.networking.hostName != "") {
        text = config.networking.hostName + "\n";
      };
      fstab.text = lib.concatMapStrings (
        fs: "${fs.device or "none"} ${fs.mountPoint} ${fs.fsType} ${lib.concatStringsSep "," fs.options} 0 0\n"
      ) config.system.build.fileSystems;
    };
    system.build.etc = pkgs.runCommand "etc" {
      targets = map (f: f.target) enabled;
      sources = map (f: "${f.source}") enabled;
      modes = map (f: f.mode) enabled;
    } "";
  };
}
