# Settings of developers' tools.
{ config, lib, ... }:
{
  config = lib.mkIf config.profiles.development.enable {
    programs.git.config = {
      init.defaultBranch = "main";
      pull.rebase = true;
    };
    programs.neovim = {
      defaultEditor = true;
      viAlias = true;
    };
    nix.extraOptions = ''
      keep-outputs = true
      keep-derivations = true
    '';
  };
}
