{ pkgs, ... }:
{
  programs.home-manager.enable = true;
  home.packages = with pkgs; [
    coreutils
    curl
    ripgrep
  ];
  home.sessionVariables.PAGER = "less -R";
  xdg.enable = true;
}
