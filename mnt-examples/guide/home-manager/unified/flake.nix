# Both from one module: with the system on NixOS, alone elsewhere.
{
  inputs = {
    nixpkgs.url = "path:../../../nixpkgs";
    home-manager = {
      url = "path:../../../home-manager";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    { nixpkgs, home-manager, ... }:
    let
      common-home = import ../home.nix;
    in
    {
      nixosConfigurations.my-laptop = nixpkgs.lib.nixosSystem {
        modules = [
          ../configuration.nix
          home-manager.nixosModules.home-manager
          {
            home-manager.useGlobalPkgs = true;
            home-manager.users.my-user = common-home;
          }
        ];
      };
      homeConfigurations.my-user = home-manager.lib.homeManagerConfiguration {
        pkgs = nixpkgs.legacyPackages.x86_64-linux;
        modules = [ common-home ];
      };
    };
}
