# Every module of a Mac.
[
  ./environment.nix
  ./homebrew.nix
  ./networking.nix
  ./nix.nix
  ./nixpkgs.nix
  ./programs.nix
  ./services.nix
  ./system.nix
  ./users.nix
]
