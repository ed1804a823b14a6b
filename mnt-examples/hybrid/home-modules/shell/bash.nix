{
  programs.bash = {
    enable = true;
    historySize = 50000;
    bashrcExtra = ''
      shopt -s histappend
    '';
  };
  home.shellAliases = {
    ".." = "cd ..";
    k = "kubectl";
  };
}
