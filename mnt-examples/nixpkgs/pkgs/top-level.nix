# The package set of one system.
{
  system ? builtins.currentSystem,
  # What packages are built for; a string, or a set with `system`.
  localSystem ? { inherit system; },
  crossSystem ? null,
  # allowUnfree, cudaSupport, ...
  config ? { },
  # Functions `final: prev: { ... }` that change or add packages.
  overlays ? [ ],
}:
let
  lib = import ../lib;
  hostPlatform = lib.systems.elaborate (if crossSystem != null then crossSystem else localSystem);
  config' = {
    allowUnfree = false;
    allowBroken = false;
    allowUnfreePredicate = _: false;
    permittedInsecurePackages = [ ];
    cudaSupport = false;
    allowAliases = true;
  }
  // (if lib.isFunction config then config { inherit lib pkgs; } else config);

  base = final: {
    inherit lib overlays;
    _type = "pkgs";
    path = ../.;
    config = config';
    inherit hostPlatform;
    buildPlatform = lib.systems.elaborate localSystem;
    targetPlatform = hostPlatform;
    system = hostPlatform.system;

    callPackage = lib.callPackageWith final;
    callPackages = lib.callPackagesWith final;
    newScope = extra: lib.callPackageWith (final // extra);
    # The same set with one more overlay.
    extend = f: final.appendOverlays [ f ];
    appendOverlays =
      more:
      import ./top-level.nix {
        inherit
          system
          localSystem
          crossSystem
          config
          ;
        overlays = overlays ++ more;
      };
  };

  stages = [
    (import ./stdenv.nix)
    (import ./build-support.nix)
    (import ./all-packages.nix)
    (import ./aliases.nix)
  ]
  ++ overlays;

  pkgs = lib.fix (lib.foldl' (lib.flip lib.extends) base stages);
in
pkgs
