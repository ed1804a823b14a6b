# mkFlake: modules in, outputs out.
{ lib }:
let
  inherit (lib) mkOption types;
in
rec {
  evalFlakeModule =
    {
      inputs,
      self ? inputs.self,
      specialArgs ? { },
    }:
    module:
    lib.evalModules {
      class = "flake";
      specialArgs = {
        inherit self inputs flake-parts-lib;
      }
      // specialArgs;
      modules = [
        ./modules/flake.nix
        ./modules/per-system.nix
        ./modules/outputs.nix
        (lib.setDefaultModuleLocation "${self.outPath or inputs.self.outPath}/flake.nix" module)
      ];
    };

  mkFlake = args: module: (evalFlakeModule args module).config.flake;

  # An option below perSystem, declared from outside.
  mkPerSystemOption =
    module:
    mkOption {
      type = types.deferredModuleWith { staticModules = [ module ]; };
    };

  # An output with one value for each system, and the option for it in perSystem.
  mkTransposedPerSystemModule =
    {
      name,
      option,
      file,
    }:
    {
      _file = file;
      options = {
        flake = lib.setAttrByPath [ name ] (mkOption {
          type = types.lazyAttrsOf option.type;
          default = { };
          description = "For each system: ${option.description}";
        });
        perSystem = mkPerSystemOption {
          _file = file;
          options.${name} = option;
        };
      };
      config.transposition.${name} = { };
    };

  flake-parts-lib = {
    inherit mkPerSystemOption mkTransposedPerSystemModule;
    inherit (lib.modules) importApply;
  };
}
