# A nixpkgs of tomorrow: the same, but for some packages.
{
  description = "A newer package set";

  inputs.nixpkgs.url = "path:../../nixpkgs";

  outputs =
    { nixpkgs, ... }:
    {
      inherit (nixpkgs) lib;
      legacyPackages = nixpkgs.lib.genAttrs nixpkgs.lib.systems.flakeExposed (
        system: import ./. { inherit system; }
      );
    };
}
