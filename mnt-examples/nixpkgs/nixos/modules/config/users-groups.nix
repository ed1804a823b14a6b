# People, and users that services run as.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.users;

  userModule =
    { name, config, ... }:
    {
      options = {
        enable = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the user exists.";
        };
        name = mkOption {
          type = types.passwdEntry types.str;
          description = "The user's name; the attribute's by default.";
        };
        description = mkOption {
          type = types.passwdEntry types.str;
          default = "";
          example = "Alice Q. User";
          description = "The full name.";
        };
        uid = mkOption {
          type = types.nullOr types.int;
          default = null;
          description = "The number; null picks a free one.";
        };
        isNormalUser = mkOption {
          type = types.bool;
          default = false;
          description = "Whether this is a person, with a home and a shell.";
        };
        isSystemUser = mkOption {
          type = types.bool;
          default = false;
          description = "Whether this is a user for a service.";
        };
        group = mkOption {
          type = types.str;
          default = "";
          description = "The primary group.";
        };
        extraGroups = mkOption {
          type = types.listOf types.str;
          default = [ ];
          example = [ "wheel" ];
          description = "The other groups.";
        };
        home = mkOption {
          type = types.passwdEntry types.path;
          default = "/var/empty";
          description = "The home folder.";
        };
        homeMode = mkOption {
          type = types.strMatching "[0-7]{1,5}";
          default = "700";
          description = "The home folder's permissions.";
        };
        createHome = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the home folder is made.";
        };
        shell = mkOption {
          type = types.nullOr (
            types.oneOf [
              types.shellPackage
              (types.passwdEntry types.path)
            ]
          );
          default = pkgs.bash;
          defaultText = lib.literalExpression "pkgs.bash";
          description = "The shell at login.";
        };
        useDefaultShell = mkOption {
          type = types.bool;
          default = false;
          description = "Whether users.defaultUserShell is the shell.";
        };
        linger = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the user's services run without a login.";
        };
        hashedPassword = mkOption {
          type = types.nullOr (types.passwdEntry types.str);
          default = null;
          description = "The hash of the password.";
        };
        hashedPasswordFile = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "A file with the hash.";
        };
        initialPassword = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "The first password, readable by everyone.";
        };
        initialHashedPassword = mkOption {
          type = types.nullOr (types.passwdEntry types.str);
          default = null;
          description = "The hash of the first password.";
        };
        packages = mkOption {
          type = types.listOf types.package;
          default = [ ];
          description = "Packages for this user.";
        };
        openssh.authorizedKeys = {
          keys = mkOption {
            type = types.listOf types.singleLineStr;
            default = [ ];
            description = "Public keys that log in as this user.";
          };
          keyFiles = mkOption {
            type = types.listOf types.path;
            default = [ ];
            description = "Files with such keys.";
          };
        };
      };
      config = lib.mkMerge [
        {
          name = lib.mkDefault name;
          shell = lib.mkIf config.useDefaultShell (lib.mkDefault cfg.defaultUserShell);
        }
        (lib.mkIf config.isNormalUser {
          group = lib.mkDefault "users";
          createHome = lib.mkDefault true;
          home = lib.mkDefault "/home/${config.name}";
          useDefaultShell = lib.mkDefault true;
        })
      ];
    };

  groupModule =
    { name, ... }:
    {
      options = {
        name = mkOption {
          type = types.passwdEntry types.str;
          description = "The group's name; the attribute's by default.";
        };
        gid = mkOption {
          type = types.nullOr types.int;
          default = null;
          description = "The number; null picks a free one.";
        };
        members = mkOption {
          type = types.listOf (types.passwdEntry types.str);
          default = [ ];
          description = "Users in it.";
        };
      };
      config = {
        name = lib.mkDefault name;
        members = lib.mapAttrsToList (n: u: u.name) (
          lib.filterAttrs (_: u: lib.elem name u.extraGroups) cfg.users
        );
      };
    };
in
{
  options.users = {
    mutableUsers = mkOption {
      type = types.bool;
      default = true;
      description = "Whether users can be changed by useradd and passwd too.";
    };
    users = mkOption {
      type = types.attrsOf (types.submodule userModule);
      default = { };
      description = "The users.";
    };
    groups = mkOption {
      type = types.attrsOf (types.submodule groupModule);
      default = { };
      description = "The groups.";
    };
    defaultUserShell = mkOption {
      type = types.either types.path types.shellPackage;
      default = pkgs.bash;
      defaultText = lib.literalExpression "pkgs.bash";
      example = lib.literalExpression "pkgs.zsh";
      description = "The shell of people.";
    };
    motd = mkOption {
      type = types.nullOr types.lines;
      default = null;
      description = "What is shown after a login.";
    };
  };

  config = {
    users.users = {
      root = {
        uid = 0;
        description = "System administrator";
        home = "/root";
        group = "root";
      };
      nobody = {
        uid = 65534;
        isSystemUser = true;
        description = "Unprivileged account";
        group = "nogroup";
      };
    };
    users.groups = lib.genAttrs [
      "root"
      "wheel"
      "users"
      "nogroup"
      "audio"
      "video"
      "input"
      "networkmanager"
      "render"
    ] (_: { });

    environment.etc =
      lib.mapAttrs' (
        _: user:
        lib.nameValuePair "profiles/per-user/${user.name}" {
          source = pkgs.buildEnv {
            name = "user-environment";
            paths = user.packages;
            inherit (config.environment) pathsToLink;
          };
        }
      ) (lib.filterAttrs (_: u: u.packages != [ ]) cfg.users);

    assertions =
      lib.concatMap (
        user:
        lib.optionals user.enable [
          {
            assertion = user.isNormalUser != user.isSystemUser || user.name == "root";
            message = "users.users.${user.name} is either a person (isNormalUser) or for a service (isSystemUser): set one of the two.";
          }
          {
            assertion = user.group != "";
            message = "users.users.${user.name}.group is not set. There is no group for everybody any more.";
          }
        ]
      ) (lib.attrValues cfg.users)
      ++ [
        {
          assertion =
            cfg.mutableUsers
            || lib.any (
              user:
              (user.name == "root" || lib.elem "wheel" user.extraGroups)
              && (
                user.hashedPassword != null
                || user.hashedPasswordFile != null
                || user.initialPassword != null
                || user.openssh.authorizedKeys.keys != [ ]
                || user.openssh.authorizedKeys.keyFiles != [ ]
              )
            ) (lib.attrValues cfg.users);
          message = "With users.mutableUsers off, nobody in the group wheel (nor root) has a password or an SSH key: you would be locked out.";
        }
      ];
  };
}
