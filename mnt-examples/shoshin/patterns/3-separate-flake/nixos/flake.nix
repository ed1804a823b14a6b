# The machines, with profiles from the flake beside this one: shoshin gets its
# profile as an argument, kinoite by a module.
{
  inputs = {
    nixpkgs.url = "path:../../../../nixpkgs";
    hardware-profiles.url = "path:../hardware-profiles";
  };

  outputs =
    { nixpkgs, hardware-profiles, ... }:
    {
      nixosConfigurations = {
        shoshin = nixpkgs.lib.nixosSystem {
          system = "x86_64-linux";
          specialArgs.hardwareProfile = hardware-profiles.lib.shoshin;
          modules = [
            ../../../modules
            {
              networking.hostName = "shoshin";
              profiles.gaming.enable = false;
            }
          ];
        };
        kinoite = nixpkgs.lib.nixosSystem {
          system = "x86_64-linux";
          modules = [
            hardware-profiles.nixosModules.kinoite-hardware
            ../../../modules
            { networking.hostName = "kinoite"; }
          ];
        };
      };
    };
}
