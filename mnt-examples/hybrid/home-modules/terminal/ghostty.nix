{
  config,
  lib,
  pkgs-unstable,
  ...
}:
{
  programs.ghostty = {
    inherit (config.desktop) enable;
    package = pkgs-unstable.ghostty;
    settings = {
      font-size = 12;
      theme = "catppuccin-mocha";
    };
  };
}
