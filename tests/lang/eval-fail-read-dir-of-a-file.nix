builtins.readDir ./eval-fail-read-file-missing.nix
