# Many machines of several kinds from one set of profiles. Each profile has a
# master switch and switches below it; a host turns on what it is for.
{
  description = "Profiles, features and an inventory of machines";

  inputs = {
    nixpkgs.url = "path:../nixpkgs";
    home-manager = {
      url = "path:../home-manager";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    sops-nix = {
      url = "path:../sops-nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    {
      self,
      nixpkgs,
      home-manager,
      sops-nix,
      ...
    }@inputs:
    let
      machines = import ./machines.nix;

      # The library, with what is our own in it.
      lib = nixpkgs.lib.extend (
        final: prev: {
          machineTypes = import ./lib/machine-types.nix { lib = final; };
          omarchy = import ./lib { lib = final; };
        }
      );

      # Imported by every host. They declare options; nothing is on until a host says so.
      sharedModules = [
        ./modules/profiles
        ./modules/system
        ./modules/desktop
        ./modules/development
        ./modules/services
        sops-nix.nixosModules.sops
        { nixpkgs.overlays = [ self.overlays.default ]; }
      ];

      mkMachine =
        hostname: machine:
        lib.nixosSystem {
          specialArgs = { inherit inputs self machine; };
          modules =
            sharedModules
            ++ [
              ./hosts/${hostname}/configuration.nix
              {
                networking.hostName = hostname;
                nixpkgs.hostPlatform = machine.system;
              }
              (lib.omarchy.fromInventory machine)
            ]
            ++ lib.optionals (machine ? user) [
              home-manager.nixosModules.home-manager
              {
                home-manager = {
                  useGlobalPkgs = true;
                  useUserPackages = true;
                  extraSpecialArgs = { inherit inputs; };
                  # A file for each machine.
                  users.${machine.user} = import (./home + "/${hostname}.nix");
                };
              }
            ];
        };
    in
    {
      nixosConfigurations = nixpkgs.lib.mapAttrs mkMachine machines;

      overlays.default = import ./overlays/custom-packages.nix;
      nixosModules.profiles = ./modules/profiles;

      # What CI builds.
      checks.x86_64-linux = nixpkgs.lib.mapAttrs (
        _: host: host.config.system.build.toplevel
      ) self.nixosConfigurations;

      inherit machines;
    };
}
