{ pkgs, ... }:
{
  programs.neovim.enable = true;
  home.packages = [ pkgs.gh ];
}
