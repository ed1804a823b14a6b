# The workstation as a flake of its own.
{
  inputs = {
    nixpkgs.url = "path:../../../../nixpkgs";
    home-manager-config = {
      url = "path:../../../home-manager";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs = inputs: {
    nixosConfigurations.gyakusatsu = inputs.nixpkgs.lib.nixosSystem {
      specialArgs.hardwareProfile = inputs.home-manager-config.hardwareProfiles.gyakusatsu;
      modules = [
        ../../../modules
        ./configuration.nix
        { networking.hostName = "gyakusatsu"; }
      ];
    };
  };
}
