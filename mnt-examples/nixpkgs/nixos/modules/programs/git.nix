# git for everybody.
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
    config = mkOption {
      type = types.attrsOf (types.attrsOf types.anything);
      default = { };
      example = {
        init.defaultBranch = "main";
      };
      description = "The contents of /etc/gitconfig.";
    };
    lfs.enable = lib.mkEnableOption "large files in git";
  };
  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ] ++ lib.optional cfg.lfs.enable pkgs.git-lfs;
    environment.etc.gitconfig = lib.mkIf (cfg.config != { }) {
      text = lib.generators.toGitINI cfg.config;
    };
  };
}
