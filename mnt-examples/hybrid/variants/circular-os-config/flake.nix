# A mistake: the environment reads the system it is made for (osConfigFor), and
# the system reads the environment. Whoever asks for either value goes round in
# a circle, and is told so: infinite recursion.
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
      inherit (import ../../lib { inherit self inputs; }) mkSystem pkgsUnstableFor;

      # Takes the architecture for the host.
      osConfigFor =
        system:
        if system == "aarch64-linux" then
          self.nixosConfigurations.m1.config
        else
          self.nixosConfigurations.hetzner-sway.config;

      # The system's editor is the one the user chose.
      editorOfUser = {
        environment.variables.EDITOR = self.homeConfigurations.vpittamp.config.home.sessionVariables.EDITOR;
      };
    in
    {
      nixosConfigurations = {
        hetzner-sway = mkSystem {
          hostname = "nixos-hetzner-sway";
          system = "x86_64-linux";
          modules = [
            ../../configurations/hetzner-sway.nix
            editorOfUser
          ];
        };
        # Nothing is wrong with this one.
        m1 = mkSystem {
          hostname = "nixos-m1";
          system = "aarch64-linux";
          modules = [ ../../configurations/m1.nix ];
        };
      };

      homeConfigurations.vpittamp = home-manager.lib.homeManagerConfiguration {
        pkgs = nixpkgs.legacyPackages.x86_64-linux;
        extraSpecialArgs = {
          inherit inputs self;
          pkgs-unstable = pkgsUnstableFor "x86_64-linux";
          osConfig = osConfigFor "x86_64-linux";
        };
        modules = [
          ../../home-vpittamp.nix
          (
            { lib, osConfig, ... }:
            {
              # The user's editor is the one the system has.
              home.sessionVariables.EDITOR = lib.mkForce osConfig.environment.variables.EDITOR;
            }
          )
        ];
      };
    };
}
