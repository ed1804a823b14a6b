# Every module of a user's environment.
[
  ./files.nix
  ./home-environment.nix
  ./misc/assertions.nix
  ./misc/fonts.nix
  ./misc/gtk.nix
  ./misc/nixpkgs.nix
  ./misc/xdg.nix
  ./programs/editors.nix
  ./programs/git.nix
  ./programs/shells.nix
  ./programs/terminals.nix
  ./programs/tools.nix
  ./services/desktop.nix
  ./systemd.nix
  ./window-managers.nix
]
