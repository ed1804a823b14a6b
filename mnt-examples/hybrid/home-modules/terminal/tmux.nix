{
  programs.tmux = {
    enable = true;
    clock24 = true;
    keyMode = "vi";
    historyLimit = 100000;
    extraConfig = ''
      set -g mouse on
    '';
  };
}
