# The whole workspace: three machines, each with the hardware profile that the
# home-manager flake exports for it.
{
  description = "A modular workspace: hardware profiles shared by home-manager and NixOS";

  inputs = {
    nixpkgs.url = "path:../nixpkgs";

    # The user's environment, and the one place where hardware is described.
    home-manager-config = {
      url = "path:./home-manager";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    {
      self,
      nixpkgs,
      home-manager-config,
      ...
    }@inputs:
    let
      inherit (home-manager-config) hardwareProfiles;

      # The profile is an argument of every module, so that it can be used in
      # `imports` as well; modules/hardware-profile.nix makes it an option too.
      mkHost =
        name: modules:
        nixpkgs.lib.nixosSystem {
          specialArgs = {
            inherit inputs;
            hardwareProfile = hardwareProfiles.${name};
          };
          modules = [
            ./modules
            { networking.hostName = name; }
          ]
          ++ modules;
        };
    in
    {
      nixosConfigurations = {
        shoshin = mkHost "shoshin" [ ./hosts/shoshin/nixos/hosts/shoshin/configuration.nix ];
        kinoite = mkHost "kinoite" [ ./hosts/kinoite/nixos/configuration.nix ];
        gyakusatsu = mkHost "gyakusatsu" [ ./hosts/gyakusatsu/nixos/configuration.nix ];
      };

      nixosModules.default = ./modules;

      # Handed on, so that one mount shows everything.
      inherit hardwareProfiles;
      inherit (home-manager-config) homeConfigurations;

      devShells.x86_64-linux.default =
        let
          pkgs = nixpkgs.legacyPackages.x86_64-linux;
        in
        pkgs.mkShell {
          packages = [
            pkgs.nixfmt
            pkgs.statix
            pkgs.deadnix
          ];
        };
    };
}
