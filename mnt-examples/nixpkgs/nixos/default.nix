# A NixOS system from one configuration file, for those who use no flakes:
#   nix-instantiate '<nixpkgs/nixos>' -A system --arg configuration ./configuration.nix
{
  configuration ? <nixos-config>,
  system ? builtins.currentSystem,
  # Arguments for every module that are needed in `imports`.
  specialArgs ? { },
}:
let
  eval = import ./lib/eval-config.nix {
    inherit system specialArgs;
    modules = [ configuration ];
  };
in
{
  inherit (eval) pkgs config options;
  system = eval.config.system.build.toplevel;
}
