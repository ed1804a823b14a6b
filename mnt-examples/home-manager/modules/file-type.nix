# One file below the home folder.
{ lib }:
{ name, config, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether the file is there.";
    };
    target = mkOption {
      type = types.str;
      default = name;
      description = "Its path; the attribute's name by default.";
    };
    text = mkOption {
      type = types.nullOr types.lines;
      default = null;
      description = "What is in it.";
    };
    source = mkOption {
      type = types.nullOr types.path;
      default = null;
      description = "The file it is a link to.";
    };
    executable = mkOption {
      type = types.nullOr types.bool;
      default = null;
      description = "Whether it is a program.";
    };
    recursive = mkOption {
      type = types.bool;
      default = false;
      description = "Whether a folder is linked file by file.";
    };
    force = mkOption {
      type = types.bool;
      default = false;
      description = "Whether it replaces a file that is there.";
    };
  };
}
