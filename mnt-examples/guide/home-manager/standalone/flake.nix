# Method 2: the home is a configuration of its own, changed without root.
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
      homeConfigurations.my-user = home-manager.lib.homeManagerConfiguration {
        pkgs = nixpkgs.legacyPackages.x86_64-linux;
        modules = [ ../home.nix ];
      };
      nixosConfigurations.my-laptop = nixpkgs.lib.nixosSystem { modules = [ ../configuration.nix ]; };
    };
}
