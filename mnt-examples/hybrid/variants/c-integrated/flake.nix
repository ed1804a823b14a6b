# Option C: the user's environment is a part of the system, and nothing else.
{
  inputs = {
    nixpkgs.url = "path:../../../nixpkgs";
    nixpkgs-bleeding = {
      url = "path:../../nixpkgs-bleeding";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    home-manager = {
      url = "path:../../../home-manager";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    { self, ... }@inputs:
    let
      inherit (import ../../lib { inherit self inputs; }) mkSystem;
    in
    {
      nixosConfigurations = {
        hetzner-sway = mkSystem {
          hostname = "nixos-hetzner-sway";
          system = "x86_64-linux";
          modules = [ ../../configurations/hetzner-sway.nix ];
        };
        m1 = mkSystem {
          hostname = "nixos-m1";
          system = "aarch64-linux";
          modules = [ ../../configurations/m1.nix ];
        };
      };
    };
}
