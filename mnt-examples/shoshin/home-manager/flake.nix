# The user's environment. It stands on its own; NixOS flakes take the hardware
# profiles from it (Pattern 2 of the workspace's notes).
{
  description = "Environment of the user, and the hardware profiles";

  inputs = {
    nixpkgs.url = "path:../../nixpkgs";
    home-manager = {
      url = "path:../../home-manager";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    { nixpkgs, home-manager, ... }:
    let
      system = "x86_64-linux";

      hardwareProfiles = {
        shoshin = import ./modules/profiles/config/hardware/shoshin.nix;
        kinoite = import ./modules/profiles/config/hardware/kinoite.nix;
        gyakusatsu = import ./modules/profiles/config/hardware/gyakusatsu.nix;
      };

      mkHome =
        currentHardwareProfile:
        home-manager.lib.homeManagerConfiguration {
          pkgs = nixpkgs.legacyPackages.${system};
          extraSpecialArgs = { inherit currentHardwareProfile; };
          modules = [ ./home.nix ];
        };
    in
    {
      inherit hardwareProfiles;

      homeConfigurations = {
        "mitsio@shoshin" = mkHome hardwareProfiles.shoshin;
        "mitsio@kinoite" = mkHome hardwareProfiles.kinoite;
        "mitsio@gyakusatsu" = mkHome hardwareProfiles.gyakusatsu;
      };
    };
}
