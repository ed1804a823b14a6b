# Programs that need no more than to be there.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  programs = [
    "bat"
    "brave"
    "btop"
    "eza"
    "fd"
    "firefox"
    "gh"
    "htop"
    "jq"
    "k9s"
    "lazygit"
    "mpv"
    "obs-studio"
    "ripgrep"
    "rofi"
    "waybar"
    "yazi"
    "zellij"
  ];
in
{
  options.programs =
    lib.genAttrs programs (name: {
      enable = lib.mkEnableOption name;
      package = lib.mkPackageOption pkgs name { };
    })
    // {
      home-manager.enable = lib.mkEnableOption "home-manager itself";
      gpg.enable = lib.mkEnableOption "GnuPG";
      ssh = {
        enable = lib.mkEnableOption "settings of the SSH client";
        extraConfig = lib.mkOption {
          type = lib.types.lines;
          default = "";
          description = "Lines for its configuration.";
        };
      };
    };
  config.home.packages =
    lib.concatMap (
      name: lib.optional config.programs.${name}.enable config.programs.${name}.package
    ) programs
    ++ lib.optional config.programs.gpg.enable pkgs.gnupg;
}
