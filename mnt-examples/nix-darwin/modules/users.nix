# People.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.users.users = mkOption {
    type = types.attrsOf (
      types.submodule (
        { name, ... }:
        {
          options = {
            name = mkOption {
              type = types.str;
              default = name;
              description = "The user's name.";
            };
            home = mkOption {
              type = types.nullOr types.path;
              default = "/Users/${name}";
              description = "The home folder.";
            };
            shell = mkOption {
              type = types.either types.shellPackage types.path;
              default = "/bin/zsh";
              description = "The shell.";
            };
            packages = mkOption {
              type = types.listOf types.package;
              default = [ ];
              description = "Packages for this user.";
            };
          };
        }
      )
    );
    default = { };
    description = "The users.";
  };
}
