# Pattern 1: the profile by its place in the file system. It fails, and should:
# nobody else has that file.
{
  inputs.nixpkgs.url = "path:../../../nixpkgs";

  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.shoshin = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        specialArgs.hardwareProfile = import /home/mitsio/.MyHome/MySpaces/my-modular-workspace/home-manager/modules/profiles/config/hardware/shoshin.nix;
        modules = [
          ../../modules
          {
            networking.hostName = "shoshin";
            profiles.gaming.enable = false;
          }
        ];
      };
    };
}
