{ lib, ... }:
{
  programs.git = {
    enable = true;
    userName = "Vinod Pittampalli";
    userEmail = "vinod@example.org";
    aliases = {
      st = "status";
      co = "checkout";
      lg = "log --oneline --graph";
    };
    extraConfig = {
      init.defaultBranch = "main";
      pull.rebase = true;
      credential.helper = "store";
    };
    delta.enable = lib.mkDefault true;
  };
}
