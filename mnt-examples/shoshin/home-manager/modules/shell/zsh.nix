{ lib, ... }:
{
  programs.zsh = {
    enable = true;
    autosuggestion.enable = true;
    history.size = 50000;
  };
  programs.starship.enable = true;
  programs.direnv = {
    enable = true;
    nix-direnv.enable = true;
  };
  home.shellAliases = {
    ll = "ls -l";
    gs = "git status --short";
  };
}
