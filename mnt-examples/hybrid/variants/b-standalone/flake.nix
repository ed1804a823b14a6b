# Option B: the system has what needs root, the user's environment stands alone.
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
    {
      self,
      nixpkgs,
      home-manager,
      ...
    }@inputs:
    let
      inherit (import ../../lib { inherit self inputs; }) metadataModule pkgsUnstableFor;
      mkHost =
        hostname: system: configuration:
        nixpkgs.lib.nixosSystem {
          inherit system;
          specialArgs = { inherit inputs self; };
          modules = [
            metadataModule
            configuration
            { networking.hostName = hostname; }
          ];
        };
      mkHome =
        system: module:
        home-manager.lib.homeManagerConfiguration {
          pkgs = nixpkgs.legacyPackages.${system};
          extraSpecialArgs = {
            inherit inputs self;
            pkgs-unstable = pkgsUnstableFor system;
          };
          modules = [ module ];
        };
    in
    {
      nixosConfigurations = {
        hetzner-sway = mkHost "nixos-hetzner-sway" "x86_64-linux" ../../configurations/hetzner-sway.nix;
        m1 = mkHost "nixos-m1" "aarch64-linux" ../../configurations/m1.nix;
      };
      homeConfigurations = {
        vpittamp = mkHome "x86_64-linux" ../../home-vpittamp.nix;
        code = mkHome "x86_64-linux" ../../home-code.nix;
        darwin = mkHome "aarch64-darwin" ../../home-darwin.nix;
      };
    };
}
