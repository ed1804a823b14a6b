# A small stand-in for flake-parts: a flake's outputs by modules.
{
  description = "A stand-in for flake-parts";

  inputs.nixpkgs-lib.url = "path:../nixpkgs";

  outputs =
    { nixpkgs-lib, ... }:
    {
      lib = import ./lib.nix { inherit (nixpkgs-lib) lib; };
      flakeModules = {
        # Modules of other flakes, by kind.
        modules = ./modules/modules.nix;
      };
    };
}
