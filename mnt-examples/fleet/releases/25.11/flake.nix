# The release 25.11: which kernel, and which versions.
{
  inputs.nixpkgs.url = "path:../../../nixpkgs";

  outputs =
    { nixpkgs, ... }:
    {
      version = "25.11";

      nixosModules.default =
        { lib, pkgs, ... }:
        {
          system.nixos.tags = [ "stable" ];
          boot.kernelPackages = lib.mkDefault pkgs.linuxPackages_6_12;
          nixpkgs.overlays = [
            (final: prev: {
              plex = prev.plex.overrideAttrs { version = "1.42.2.10156"; };
            })
          ];
        };
    };
}
