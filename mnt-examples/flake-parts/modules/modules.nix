# Modules for others, by kind: flake.modules.<kind>.<name>.
{ lib, ... }:
{
  options.flake = lib.mkOption {
    type = lib.types.submoduleWith {
      modules = [
        {
          options.modules = lib.mkOption {
            type = lib.types.lazyAttrsOf (lib.types.lazyAttrsOf lib.types.deferredModule);
            default = { };
            description = "Modules, by kind and name.";
          };
        }
      ];
    };
  };
}
