# `import <nixpkgs> { }`: the package set.
import ./pkgs/top-level.nix
