# Packages, variables and files for everybody.
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
  options.environment = {
    systemPackages = mkOption {
      type = types.listOf types.package;
      default = [ ];
      description = "Packages that every user has.";
    };
    variables = mkOption {
      type = types.attrsOf (types.either types.str (types.listOf types.str));
      default = { };
      apply = lib.mapAttrs (_: v: if builtins.isList v then lib.concatStringsSep ":" v else v);
      description = "Variables.";
    };
    shellAliases = mkOption {
      type = types.attrsOf types.str;
      default = { };
      description = "Short names for commands.";
    };
    shells = mkOption {
      type = types.listOf (types.either types.shellPackage types.path);
      default = [ ];
      description = "Shells that users may have.";
    };
    etc = mkOption {
      type = types.attrsOf (
        types.submodule {
          options.text = mkOption {
            type = types.lines;
            default = "";
            description = "What is in it.";
          };
        }
      );
      default = { };
      description = "Files in /etc.";
    };
    pathsToLink = mkOption {
      type = types.listOf types.str;
      default = [ "/bin" ];
      description = "Folders of packages that are visible.";
    };
  };
  config.environment.systemPackages = [ pkgs.bash ];
}
