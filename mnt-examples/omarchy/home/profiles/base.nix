{ pkgs, ... }:
{
  programs.git = {
    enable = true;
    userName = "J. Polo";
    userEmail = "jpolo@example.org";
  };
  programs.zsh.enable = true;
  programs.starship.enable = true;
  programs.bat.enable = true;
  home.packages = [ pkgs.ripgrep ];
}
