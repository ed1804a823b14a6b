# The laptop as a flake of its own.
{
  inputs.nixpkgs.url = "path:../../../../nixpkgs";
  inputs.home-manager-config.url = "path:../../../home-manager";
  inputs.home-manager-config.inputs.nixpkgs.follows = "nixpkgs";

  outputs =
    { nixpkgs, home-manager-config, ... }:
    {
      nixosConfigurations.kinoite = nixpkgs.lib.nixosSystem {
        specialArgs.hardwareProfile = home-manager-config.hardwareProfiles.kinoite;
        modules = [
          ../../../modules
          ./configuration.nix
          { networking.hostName = "kinoite"; }
        ];
      };
    };
}
