# One host, as it stands in /etc/nixos: flake.nix, configuration.nix, home.nix.
{
  inputs = {
    nixpkgs.url = "path:../../nixpkgs";
    home-manager.url = "path:../../home-manager";
    home-manager.inputs.nixpkgs.follows = "nixpkgs";
  };

  outputs =
    { nixpkgs, home-manager, ... }:
    {
      nixosConfigurations.nixos = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        modules = [
          ./configuration.nix
          home-manager.nixosModules.default
          {
            home-manager.useGlobalPkgs = true;
            home-manager.users.alice = ./home.nix;
          }
        ];
      };
    };
}
