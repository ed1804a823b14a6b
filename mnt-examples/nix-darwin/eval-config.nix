# A Mac's configuration from its modules.
{
  lib,
  modules,
  nixpkgs,
  pkgs ? null,
  system ? null,
  specialArgs ? { },
}:
let
  eval = lib.evalModules {
    class = "darwin";
    specialArgs = {
      modulesPath = toString ./modules;
    }
    // specialArgs;
    modules =
      modules
      ++ import ./modules/module-list.nix
      ++ [
        {
          _file = ./eval-config.nix;
          nixpkgs.source = lib.mkDefault nixpkgs;
          nixpkgs.pkgs = lib.mkIf (pkgs != null) pkgs;
          nixpkgs.hostPlatform = lib.mkIf (system != null) (lib.mkDefault system);
        }
      ];
  };
in
{
  inherit (eval) options config extendModules;
  inherit (eval._module.args) pkgs;
  system = eval.config.system.build.toplevel;
}
