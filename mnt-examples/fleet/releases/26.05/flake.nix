# The release 26.05: which kernel, and which versions.
{
  inputs.nixpkgs.url = "path:../../../nixpkgs";

  outputs =
    { nixpkgs, ... }:
    {
      version = "26.05";

      nixosModules.default =
        { lib, pkgs, ... }:
        {
          system.nixos.tags = [ "next" ];
          boot.kernelPackages = lib.mkDefault pkgs.linuxPackages_6_17;
          nixpkgs.overlays = [
            (final: prev: {
              plex = prev.plex.overrideAttrs { version = "1.43.0.10389"; };
            })
          ];
        };
    };
}
