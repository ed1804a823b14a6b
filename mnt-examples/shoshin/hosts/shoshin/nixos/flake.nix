# The desktop as a flake of its own. It takes the hardware profile from the
# home-manager flake, which its lock file knows.
{
  description = "NixOS on shoshin";

  inputs = {
    nixpkgs.url = "path:../../../../nixpkgs";

    home-manager-config = {
      url = "path:../../../home-manager"; # relative to this folder
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
      system = "x86_64-linux";
      pkgs = nixpkgs.legacyPackages.${system};
    in
    {
      nixosConfigurations.shoshin = nixpkgs.lib.nixosSystem {
        inherit system;

        # The profile is here before any module is, so that modules can choose
        # their imports by it.
        specialArgs = {
          inherit inputs;
          hardwareProfile = home-manager-config.hardwareProfiles.shoshin;
        };

        modules = [
          # Outside of this folder, but in the same repository: that works.
          ../../../modules
          { networking.hostName = "shoshin"; }
          ./hosts/shoshin/configuration.nix
        ];
      };

      checks.${system}.formatting = pkgs.runCommand "check-formatting" {
        nativeBuildInputs = [ pkgs.nixfmt ];
        src = ./.;
      } "nixfmt --check $src && touch $out";

      devShells.${system}.default = pkgs.mkShell {
        packages = [
          pkgs.nixfmt
          pkgs.statix
        ];
      };
    };
}
