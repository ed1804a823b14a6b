# What is the same for each system is written once, as a module that is
# evaluated for each.
{
  config,
  lib,
  inputs,
  self,
  flake-parts-lib,
  ...
}:
let
  inherit (lib) mkOption types;
  nixpkgs = inputs.nixpkgs or null;

  # The parts of a flake's outputs that are for one system.
  choose =
    system: flake:
    lib.mapAttrs (_: output: output.${system}) (
      lib.filterAttrs (_: output: builtins.isAttrs output && output ? ${system}) (
        lib.optionalAttrs (builtins.isAttrs flake) (flake.outputs or { })
      )
    );
in
{
  options = {
    perSystem = mkOption {
      type = types.deferredModule;
      default = { };
      apply =
        module: system:
        (lib.evalModules {
          class = "perSystem";
          prefix = [
            "perSystem"
            system
          ];
          specialArgs = {
            inherit system;
            # Inputs with the system already chosen: inputs'.foo.packages.bar
            inputs' = lib.mapAttrs (_: choose system) inputs;
            self' = choose system self;
          };
          modules = [
            module
            {
              _file = ./per-system.nix;
              _module.args.pkgs = lib.mkOptionDefault (
                if nixpkgs == null then
                  throw "perSystem wants `pkgs', but the flake has no input called nixpkgs"
                else
                  nixpkgs.legacyPackages.${system}
              );
            }
          ];
        }).config;
      description = "A module for each system.";
    };
    transposition = mkOption {
      type = types.lazyAttrsOf (types.submodule { });
      default = { };
      internal = true;
      description = "Outputs that are made from options of perSystem.";
    };
    allSystems = mkOption {
      type = types.lazyAttrsOf types.unspecified;
      internal = true;
      description = "perSystem, evaluated for each system.";
    };
  };

  config = {
    allSystems = lib.genAttrs config.systems config.perSystem;
    flake = lib.mapAttrs (
      name: _: lib.mapAttrs (_: systemConfig: systemConfig.${name}) config.allSystems
    ) config.transposition;
    _module.args.withSystem = system: f: f (
      config.allSystems.${system}
      // {
        config = config.allSystems.${system};
        inherit system;
        pkgs = nixpkgs.legacyPackages.${system};
      }
    );
  };
}
