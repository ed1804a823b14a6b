# Pattern 2: the home-manager flake is an input, and its profile an argument of
# the modules.
{
  inputs = {
    nixpkgs.url = "path:../../../nixpkgs";
    home-manager-config = {
      # Not simply ../../home-manager: that flake has an input written just so,
      # and Nix takes the two for one flake that imports itself.
      url = "path:../../../shoshin/home-manager";
      flake = true; # as it would be anyway
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    { nixpkgs, home-manager-config, ... }:
    {
      nixosConfigurations.shoshin = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        specialArgs.hardwareProfile = home-manager-config.hardwareProfiles.shoshin;
        modules = [
          ../../modules
          {
            networking.hostName = "shoshin";
            profiles.gaming.enable = false;
          }
        ];
      };
    };
}
