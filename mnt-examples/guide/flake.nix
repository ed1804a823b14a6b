# Every kind of output that a configuration's flake usually has, and the layout
# for several hosts: hosts/ for what is one host's, modules/ for what is shared.
{
  description = "A guide to flakes, as a flake";

  inputs = {
    nixpkgs.url = "path:../nixpkgs";
    home-manager = {
      url = "path:../home-manager";
      inputs.nixpkgs.follows = "nixpkgs"; # or there are two nixpkgs
    };
    nix-darwin = {
      url = "path:../nix-darwin";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    sops-nix = {
      url = "path:../sops-nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    agenix = {
      url = "path:../agenix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    {
      self,
      nixpkgs,
      home-manager,
      nix-darwin,
      sops-nix,
      agenix,
    }@inputs:
    let
      inherit (nixpkgs) lib;
      ourLib = import ./lib { inherit lib; };
      forAllSystems = ourLib.forSystems [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      pkgsFor = system: nixpkgs.legacyPackages.${system};
    in
    {
      # ---- configurations ----------------------------------------------------
      nixosConfigurations = {
        my-laptop = lib.nixosSystem {
          system = "x86_64-linux";
          specialArgs = { inherit inputs; };
          modules = [
            ./modules/nixos/common.nix
            ./modules/nixos/desktop.nix
            ./hosts/my-laptop
            home-manager.nixosModules.home-manager
            agenix.nixosModules.age
          ];
        };
        my-server = lib.nixosSystem {
          system = "x86_64-linux";
          specialArgs = { inherit inputs; };
          modules = [
            ./modules/nixos/common.nix
            ./modules/nixos/services/webserver.nix
            ./modules/nixos/services/database.nix
            sops-nix.nixosModules.sops
            ./hosts/my-server
            # Defining an overlay doesn't apply it; this does.
            { nixpkgs.overlays = [ self.overlays.default ]; }
          ];
        };
      };

      homeConfigurations = {
        "my-user" = home-manager.lib.homeManagerConfiguration {
          pkgs = pkgsFor "x86_64-linux";
          extraSpecialArgs.my-theme = "light";
          modules = [
            ./modules/home-manager/common.nix
            {
              home.username = "my-user";
              home.homeDirectory = "/home/my-user";
            }
          ];
        };
        "user@hostname" = home-manager.lib.homeManagerConfiguration {
          pkgs = pkgsFor "aarch64-linux";
          extraSpecialArgs.my-theme = "dark";
          modules = [
            ./modules/home-manager/common.nix
            ./modules/home-manager/dev.nix
            {
              home.username = "user";
              home.homeDirectory = "/home/user";
            }
          ];
        };
      };

      darwinConfigurations.my-mac = nix-darwin.lib.darwinSystem {
        system = "aarch64-darwin";
        specialArgs = { inherit inputs; };
        modules = [
          ./hosts/my-mac
          home-manager.darwinModules.home-manager
        ];
      };

      # ---- parts for others --------------------------------------------------
      nixosModules = {
        default = import ./modules/nixos;
        common = import ./modules/nixos/common.nix;
        desktop = ./modules/nixos/desktop.nix;
      };

      packages = forAllSystems (
        system:
        let
          pkgs = pkgsFor system;
        in
        rec {
          my-app = pkgs.callPackage ./pkgs/my-app { };
          another-tool = pkgs.callPackage ./pkgs/another-tool { inherit my-app; };
          default = my-app;
        }
      );

      # As big as nixpkgs itself: tools don't walk it unasked.
      legacyPackages = forAllSystems pkgsFor;

      overlays = {
        default = import ./overlays/default.nix;
        # Defined, and applied by nobody.
        unused = final: prev: { hello = throw "nobody applies this overlay"; };
      };

      devShells = forAllSystems (
        system:
        let
          pkgs = pkgsFor system;
        in
        {
          default = pkgs.mkShell {
            packages = [
              pkgs.nix
              pkgs.git
              pkgs.sops
              pkgs.age
            ];
            shellHook = "echo ready";
          };
        }
      );

      apps = forAllSystems (system: {
        default = {
          type = "app";
          program = "${self.packages.${system}.my-app}/bin/my-app";
          meta.description = "Runs my-app";
        };
      });

      checks = forAllSystems (system: {
        inherit (self.packages.${system}) my-app;
      });

      formatter = forAllSystems (system: (pkgsFor system).nixfmt);

      templates = {
        default = self.templates.host;
        host = {
          path = ./templates/host;
          description = "A new host";
        };
      };

      lib = ourLib;
    };
}
