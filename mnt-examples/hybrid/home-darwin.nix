# On a Mac without nix-darwin.
{ lib, pkgs, ... }:
{
  imports = [
    ./home-modules/profiles/base.nix
    ./home-modules/tools/git.nix
    ./home-modules/tools/cli.nix
    ./home-modules/editors/neovim.nix
    ./home-modules/shell/starship.nix
    ./home-modules/terminal/tmux.nix
  ];
  home.username = "vinodpittampalli";
  home.homeDirectory = "/Users/vinodpittampalli";
  home.stateVersion = "24.11";
  programs.zsh.enable = true;
  # Apple's git asks for the keychain.
  programs.git.extraConfig.credential.helper = lib.mkForce "osxkeychain";
}
