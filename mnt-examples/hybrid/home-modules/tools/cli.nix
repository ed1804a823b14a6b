# From the newer package set what moves fast.
{ pkgs, pkgs-unstable, ... }:
{
  home.packages = [
    pkgs.jq
    pkgs.fd
    pkgs-unstable.zed-editor
  ];
  programs.fzf.enable = true;
  programs.zoxide.enable = true;
  programs.direnv = {
    enable = true;
    nix-direnv.enable = true;
  };
}
