# A small stand-in for sops-nix: the options, not the decryption.
{
  description = "A stand-in for sops-nix";

  inputs.nixpkgs.url = "path:../nixpkgs";

  outputs =
    { self, nixpkgs }:
    {
      nixosModules = {
        sops = ./modules/sops.nix;
        default = self.nixosModules.sops;
      };
      homeManagerModules.sops = ./modules/home.nix;
      darwinModules.sops = ./modules/sops.nix;
    };
}
