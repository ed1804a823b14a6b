# Helper functions.
{ lib }:
{
  # A value for each of these systems.
  forSystems = systems: f: lib.genAttrs systems f;

  # Every .nix file of a folder as a module, by its name.
  modulesIn =
    folder:
    lib.mapAttrs' (name: _: {
      name = lib.removeSuffix ".nix" name;
      value = folder + "/${name}";
    }) (lib.filterAttrs (name: type: type == "regular" && lib.hasSuffix ".nix" name) (builtins.readDir folder));
}
