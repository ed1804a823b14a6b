# Attempt 4: a second flake file. Nothing looks for it under this name.
{
  inputs.nixpkgs.url = "path:../../../nixpkgs";

  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.plex = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        modules = [ { networking.hostName = "plex"; } ];
      };
    };
}
