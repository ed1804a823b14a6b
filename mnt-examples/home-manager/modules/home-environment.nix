# The environment itself: who, where, which packages and variables.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.home;
  # Where a file's contents are.
  contentsOf =
    f:
    if f.text == null then
      toString f.source
    else
      pkgs.writeText "hm_${lib.replaceStrings [ "/" "." ] [ "" "" ] f.target}" f.text;
  variable = types.nullOr (
    types.oneOf [
      types.str
      types.path
      types.int
      types.float
    ]
  );
in
{
  options.home = {
    username = mkOption {
      type = types.str;
      example = "jane.doe";
      description = "The user's name.";
    };
    homeDirectory = mkOption {
      type = types.path;
      example = "/home/jane.doe";
      description = "The user's home folder.";
    };
    profileDirectory = mkOption {
      type = types.path;
      default = "${cfg.homeDirectory}/.nix-profile";
      defaultText = lib.literalMD "`~/.nix-profile`";
      internal = true;
      description = "Where the packages are.";
    };
    stateVersion = mkOption {
      type = types.enum [
        "22.05"
        "22.11"
        "23.05"
        "23.11"
        "24.05"
        "24.11"
        "25.05"
        "25.11"
      ];
      description = "The release with which the environment was first made.";
    };
    packages = mkOption {
      type = types.listOf types.package;
      default = [ ];
      description = "The user's packages.";
    };
    sessionVariables = mkOption {
      type = types.lazyAttrsOf variable;
      default = { };
      example = {
        EDITOR = "emacs";
      };
      description = "Variables set when the user logs in.";
    };
    sessionPath = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "$HOME/.local/bin" ];
      description = "Folders with programs.";
    };
    shellAliases = mkOption {
      type = types.attrsOf types.str;
      default = { };
      description = "Short names for commands, in every shell.";
    };
    language.base = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The language, if it isn't the system's.";
    };
    keyboard = mkOption {
      type = types.nullOr (
        types.submodule {
          options = {
            layout = mkOption {
              type = types.nullOr types.str;
              default = null;
              description = "The layout.";
            };
            variant = mkOption {
              type = types.nullOr types.str;
              default = null;
              description = "Its variant.";
            };
          };
        }
      );
      default = { };
      description = "The keyboard.";
    };
    activation = mkOption {
      type = lib.hm.types.dagOf types.str;
      default = { };
      description = "Scripts that run when the environment is switched to, in their order.";
    };
    activationPackage = mkOption {
      type = types.package;
      internal = true;
      description = "The whole environment.";
    };
    path = mkOption {
      internal = true;
      description = "All packages in one folder.";
    };
  };

  config = {
    home.sessionVariables = lib.mkIf (cfg.language.base != null) { LANG = cfg.language.base; };
    home.path = pkgs.buildEnv {
      name = "home-manager-path";
      paths = cfg.packages;
    };
    home.activation = {
      writeBoundary = lib.hm.dag.entryAnywhere "";
      linkGeneration = lib.hm.dag.entryAfter [ "writeBoundary" ] "link-files";
      installPackages = lib.hm.dag.entryAfter [ "writeBoundary" ] "nix profile install ${cfg.path}";
    };
    home.activationPackage = pkgs.stdenv.mkDerivation {
      name = "home-manager-generation";
      inherit (cfg) path username;
      homeDirectory = toString cfg.homeDirectory;
      script = lib.concatMapStrings (e: "# ${e.name}\n${e.data}\n") (lib.hm.dag.topoSort cfg.activation).result;
      files = lib.mapAttrsToList (_: f: "${f.target}=${contentsOf f}") (
        lib.filterAttrs (_: f: f.enable) cfg.file
      );
      variables = lib.mapAttrsToList (n: v: "${n}=${toString v}") cfg.sessionVariables;
      passthru.stateVersion = cfg.stateVersion;
    };
    assertions = [
      {
        assertion = cfg.username != "";
        message = "home.username is empty.";
      }
    ];
  };
}
