# A small stand-in for home-manager, for the examples beside it.
{
  description = "A stand-in for home-manager: users' environments by modules";

  inputs.nixpkgs.url = "path:../nixpkgs";

  outputs =
    { self, nixpkgs }:
    {
      lib = {
        # A user's environment on its own, on any system.
        homeManagerConfiguration =
          {
            pkgs,
            modules ? [ ],
            lib ? pkgs.lib,
            extraSpecialArgs ? { },
            check ? true,
          }:
          import ./modules {
            inherit
              pkgs
              lib
              check
              extraSpecialArgs
              ;
            configuration = {
              imports = modules;
            };
          };
        hm = import ./lib { inherit (nixpkgs) lib; };
      };

      # Users' environments as a part of the system.
      nixosModules = {
        home-manager = ./nixos;
        default = self.nixosModules.home-manager;
      };
      darwinModules = {
        home-manager = ./nix-darwin;
        default = self.darwinModules.home-manager;
      };
    };
}
