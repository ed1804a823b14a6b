import ./sub/b.nix
