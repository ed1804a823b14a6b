# One configuration for NixOS and for machines that have something else: the
# user's environment is a part of the system on NixOS (home-manager as a module),
# and stands alone elsewhere. This is option A; the others are in variants/.
{
  description = "NixOS and home-manager, together and apart";

  inputs = {
    nixpkgs.url = "path:../nixpkgs";

    # A second package set for the few programs that should be newer.
    nixpkgs-bleeding.url = "path:./nixpkgs-bleeding";
    nixpkgs-bleeding.inputs.nixpkgs.follows = "nixpkgs";

    home-manager = {
      url = "path:../home-manager";
      # Without this line there would be two nixpkgs in one system.
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    {
      self,
      nixpkgs,
      nixpkgs-bleeding,
      home-manager,
      ...
    }@inputs:
    let
      inherit (import ./lib { inherit self inputs; }) mkSystem pkgsUnstableFor metadataModule;

      mkPackagesFor =
        system:
        import ./packages {
          inherit self system;
          pkgs = nixpkgs.legacyPackages.${system};
        };
    in
    {
      nixosConfigurations = {
        hetzner-sway = mkSystem {
          hostname = "nixos-hetzner-sway";
          system = "x86_64-linux";
          modules = [ ./configurations/hetzner-sway.nix ];
        };

        # Written out instead of made by mkSystem: it was here first.
        m1 = nixpkgs.lib.nixosSystem {
          system = "aarch64-linux";
          specialArgs = { inherit inputs self; };
          modules = [
            metadataModule
            ./configurations/m1.nix
            { networking.hostName = "nixos-m1"; }
            home-manager.nixosModules.home-manager
            (
              { config, ... }:
              {
                home-manager = {
                  useGlobalPkgs = true;
                  useUserPackages = true;
                  backupFileExtension = "backup";
                  extraSpecialArgs = {
                    inherit inputs self;
                    pkgs-unstable = pkgsUnstableFor "aarch64-linux";
                    osConfig = config;
                  };
                  users.vpittamp.imports = [ ./home-vpittamp.nix ];
                };
              }
            )
          ];
        };
      };

      # For machines without NixOS: no system around, so no osConfig.
      homeConfigurations = {
        vpittamp = home-manager.lib.homeManagerConfiguration {
          pkgs = nixpkgs.legacyPackages.x86_64-linux;
          extraSpecialArgs = {
            inherit inputs self;
            pkgs-unstable = pkgsUnstableFor "x86_64-linux";
          };
          modules = [ ./home-vpittamp.nix ];
        };
        code = home-manager.lib.homeManagerConfiguration {
          pkgs = nixpkgs.legacyPackages.x86_64-linux;
          extraSpecialArgs = {
            inherit inputs self;
            pkgs-unstable = pkgsUnstableFor "x86_64-linux";
          };
          modules = [ ./home-code.nix ];
        };
        darwin = home-manager.lib.homeManagerConfiguration {
          pkgs = nixpkgs.legacyPackages.aarch64-darwin;
          extraSpecialArgs = {
            inherit inputs self;
            pkgs-unstable = pkgsUnstableFor "aarch64-darwin";
          };
          modules = [ ./home-darwin.nix ];
        };
      };

      packages = {
        x86_64-linux = mkPackagesFor "x86_64-linux";
        aarch64-linux = mkPackagesFor "aarch64-linux";
      };
    };
}
