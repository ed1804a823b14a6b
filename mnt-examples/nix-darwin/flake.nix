# A small stand-in for nix-darwin.
{
  description = "A stand-in for nix-darwin: macOS by modules";

  inputs.nixpkgs.url = "path:../nixpkgs";

  outputs =
    { self, nixpkgs }:
    {
      lib.darwinSystem =
        {
          modules,
          system ? null,
          specialArgs ? { },
          inputs ? { },
          lib ? nixpkgs.lib,
          pkgs ? null,
        }:
        import ./eval-config.nix {
          inherit
            lib
            pkgs
            modules
            system
            ;
          specialArgs = {
            inputs = inputs // {
              darwin = self;
            };
          }
          // specialArgs;
          nixpkgs = nixpkgs.outPath;
        };
    };
}
