# Outputs that have one value for each system.
{
  config,
  lib,
  flake-parts-lib,
  ...
}:
let
  inherit (lib) mkOption types;
  output =
    name: type: description:
    flake-parts-lib.mkTransposedPerSystemModule {
      inherit name;
      file = ./outputs.nix;
      option = mkOption {
        inherit type description;
        default = { };
      };
    };
  packages = types.lazyAttrsOf types.package;
in
{
  imports = [
    (output "packages" packages "packages to build")
    (output "checks" packages "packages that must build")
    (output "devShells" packages "development shells")
    (output "legacyPackages" (types.lazyAttrsOf types.raw) "package sets")
    (output "apps" (types.lazyAttrsOf types.raw) "programs to run")
  ];

  # Only for systems that have one: Nix takes null for a mistake.
  options = {
    flake.formatter = mkOption {
      type = packages;
      default = { };
      description = "For each system: the formatter of the repository.";
    };
    perSystem = flake-parts-lib.mkPerSystemOption {
      _file = ./outputs.nix;
      options.formatter = mkOption {
        type = types.nullOr types.package;
        default = null;
        description = "The formatter of the repository.";
      };
    };
  };
  config.flake.formatter = lib.mapAttrs (_: s: s.formatter) (
    lib.filterAttrs (_: s: s.formatter != null) config.allSystems
  );
}
