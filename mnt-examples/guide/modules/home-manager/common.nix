# A home, wherever it is.
{
  config,
  lib,
  pkgs,
  ...
}@args:
{
  # A module's argument can't have a default (`my-theme ? "plain"` would be an
  # error where nobody passes it); this is how to ask for one that may be missing.
  home.sessionVariables.THEME = args.my-theme or "plain";

  imports = [ ./shell.nix ];
  home.stateVersion = "25.05";
  home.packages = [ pkgs.ripgrep ];
  programs.git = {
    enable = true;
    userName = "My User";
  };
}
