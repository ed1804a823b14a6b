{ pkgs, ... }:
{
  home.stateVersion = "25.05";
  home.packages = [ pkgs.htop ];
  programs.bash.enable = true;
}
