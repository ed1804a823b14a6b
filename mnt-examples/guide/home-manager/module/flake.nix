# Method 1: home-manager is a module of NixOS; system and home change together.
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
    {
      nixosConfigurations.my-laptop = nixpkgs.lib.nixosSystem {
        modules = [
          ../configuration.nix
          home-manager.nixosModules.home-manager
          {
            home-manager.useGlobalPkgs = true;
            home-manager.useUserPackages = true;
            home-manager.users.my-user = import ../home.nix;
          }
        ];
      };
    };
}
