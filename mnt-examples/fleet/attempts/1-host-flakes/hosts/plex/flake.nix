# Attempt 1: the host is a flake, and shares modules with the others by `../..`.
{
  inputs.nixpkgs.url = "path:../../../../../nixpkgs";

  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.plex = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        modules = [
          ../../modules/common-nixos.nix
          ./default.nix
        ];
      };
    };
}
