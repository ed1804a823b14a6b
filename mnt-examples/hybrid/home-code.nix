# In containers: an editor and a shell.
{
  imports = [
    ./home-modules/profiles/base.nix
    ./home-modules/editors/neovim.nix
    ./home-modules/shell/bash.nix
    ./home-modules/tools/git.nix
  ];
  home.username = "code";
  home.homeDirectory = "/home/code";
  home.stateVersion = "24.11";
  programs.git.delta.enable = false;
}
