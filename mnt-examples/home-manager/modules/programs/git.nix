# git, with its settings.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.programs.git;
in
{
  options.programs.git = {
    enable = lib.mkEnableOption "git";
    package = lib.mkPackageOption pkgs "git" { };
    userName = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The name in commits.";
    };
    userEmail = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The email address in commits.";
    };
    aliases = mkOption {
      type = types.attrsOf types.str;
      default = { };
      example = {
        co = "checkout";
      };
      description = "Short names for commands of git.";
    };
    extraConfig = mkOption {
      type = types.attrsOf (types.attrsOf types.anything);
      default = { };
      description = "More settings.";
    };
    ignores = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Files that git never sees.";
    };
    signing = {
      key = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "The key that signs commits.";
      };
      signByDefault = mkOption {
        type = types.bool;
        default = false;
        description = "Whether all commits are signed.";
      };
    };
    lfs.enable = lib.mkEnableOption "large files";
    delta.enable = lib.mkEnableOption "diffs by delta";
  };
  config = lib.mkIf cfg.enable {
    home.packages =
      [ cfg.package ]
      ++ lib.optional cfg.lfs.enable pkgs.git-lfs
      ++ lib.optional cfg.delta.enable pkgs.delta;
    programs.git.extraConfig = lib.mkMerge [
      {
        user = lib.filterAttrs (_: v: v != null) {
          name = cfg.userName;
          email = cfg.userEmail;
        };
      }
      (lib.mkIf cfg.delta.enable { core.pager = "delta"; })
      (lib.mkIf (cfg.aliases != { }) { alias = cfg.aliases; })
    ];
    xdg.configFile."git/config".text = lib.generators.toGitINI cfg.extraConfig;
    xdg.configFile."git/ignore" = lib.mkIf (cfg.ignores != [ ]) {
      text = lib.concatLines cfg.ignores;
    };
  };
}
