# Programs for everybody.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.programs;
in
{
  options.programs = {
    zsh = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether zsh is set up for interactive use.";
      };
      enableCompletion = mkOption {
        type = types.bool;
        default = true;
        description = "Whether arguments of commands are completed.";
      };
    };
    fish.enable = lib.mkEnableOption "fish for interactive use";
    direnv.enable = lib.mkEnableOption "direnv";
    gnupg.agent.enable = lib.mkEnableOption "the GnuPG agent";
  };
  config.environment = {
    systemPackages =
      lib.optional cfg.zsh.enable pkgs.zsh
      ++ lib.optional cfg.fish.enable pkgs.fish
      ++ lib.optional cfg.direnv.enable pkgs.direnv;
    shells = lib.optional cfg.zsh.enable pkgs.zsh;
  };
}
