# Pattern 4: `hardware.nix` is a link to a file in another repository. It fails:
# a flake is its own files only, and the link leads out of them.
{
  inputs.nixpkgs.url = "path:../../../nixpkgs";

  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.shoshin = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        specialArgs.hardwareProfile = import ./hardware.nix;
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
