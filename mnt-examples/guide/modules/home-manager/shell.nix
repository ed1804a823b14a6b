{
  programs.bash.enable = true;
  programs.direnv.enable = true;
  programs.direnv.nix-direnv.enable = true;
  home.shellAliases.ll = "ls -l";
}
