# The user's environment: what to import, and what differs from machine to machine.
{
  config,
  lib,
  pkgs,
  osConfig ? null,
  ...
}:
{
  imports = [
    ./home-modules/profiles/base.nix
    ./home-modules/desktop/sway.nix
    ./home-modules/tools/git.nix
    ./home-modules/tools/cli.nix
    ./home-modules/editors/neovim.nix
    ./home-modules/shell/bash.nix
    ./home-modules/shell/starship.nix
    ./home-modules/terminal/ghostty.nix
    ./home-modules/terminal/tmux.nix
  ];

  home.username = "vpittamp";
  home.homeDirectory = "/home/vpittamp";
  home.stateVersion = "24.11";

  # The desktop follows the system's, where there is one.
  desktop.enable = osConfig != null && osConfig.desktop.sway.enable;
  home.sessionVariables.SYSTEM_HOST =
    if osConfig == null then "standalone" else osConfig.networking.hostName;
}
