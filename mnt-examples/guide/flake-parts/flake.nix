# The same by flake-parts: hosts are the files in configurations/nixos, modules
# those in modules/nixos. Nothing else has to be listed.
{
  inputs = {
    nixpkgs.url = "path:../../nixpkgs";
    flake-parts.url = "path:../../flake-parts";
    flake-parts.inputs.nixpkgs-lib.follows = "nixpkgs";
  };

  outputs =
    inputs:
    inputs.flake-parts.lib.mkFlake { inherit inputs; } (
      { withSystem, lib, ... }:
      let
        filesIn =
          folder:
          lib.mapAttrs' (
            name: _: lib.nameValuePair (lib.removeSuffix ".nix" name) (folder + "/${name}")
          ) (lib.filterAttrs (name: type: type == "regular") (builtins.readDir folder));
      in
      {
        systems = [
          "x86_64-linux"
          "aarch64-linux"
        ];

        flake = {
          nixosModules = filesIn ./modules/nixos // filesIn ./modules/nixos/features;

          nixosConfigurations = lib.mapAttrs (
            name: file:
            withSystem "x86_64-linux" (
              { config, ... }:
              inputs.nixpkgs.lib.nixosSystem {
                specialArgs = {
                  inherit inputs;
                  # The packages of this flake.
                  ourPackages = config.packages;
                };
                modules = [
                  file
                  ./modules/nixos/common.nix
                  {
                    networking.hostName = name;
                    nixpkgs.hostPlatform = "x86_64-linux";
                  }
                ];
              }
            )
          ) (filesIn ./configurations/nixos);
        };

        perSystem =
          { pkgs, self', ... }:
          {
            packages.my-app = pkgs.callPackage ../pkgs/my-app { };
            packages.default = self'.packages.my-app;
            devShells.default = pkgs.mkShell { inputsFrom = [ self'.packages.my-app ]; };
            formatter = pkgs.nixfmt;
          };
      }
    );
}
