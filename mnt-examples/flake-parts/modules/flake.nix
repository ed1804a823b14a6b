# The outputs themselves.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    flake = mkOption {
      type = types.submoduleWith {
        modules = [
          {
            freeformType = types.lazyAttrsOf (
              types.unique { message = "An output of this name has more than one definition."; } types.raw
            );
            options = {
              nixosConfigurations = mkOption {
                type = types.lazyAttrsOf types.raw;
                default = { };
                description = "The machines.";
              };
              nixosModules = mkOption {
                type = types.lazyAttrsOf types.deferredModule;
                default = { };
                description = "Modules of NixOS for others.";
              };
              overlays = mkOption {
                type = types.lazyAttrsOf (types.uniq types.raw);
                default = { };
                description = "Overlays for others.";
              };
            };
          }
        ];
      };
      default = { };
      description = "The flake's outputs.";
    };
    systems = mkOption {
      type = types.listOf types.str;
      description = "The systems that perSystem is evaluated for.";
    };
    debug = mkOption {
      type = types.bool;
      default = false;
      description = "Whether `debug` is an output, with everything in it.";
    };
  };
}
