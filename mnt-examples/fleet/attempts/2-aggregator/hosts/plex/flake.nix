# The host, as small as can be.
{
  inputs = {
    nixpkgs.url = "path:../../../../../nixpkgs";
    builder.url = "path:../../lib";
  };

  outputs =
    { nixpkgs, builder, ... }:
    {
      nixosConfigurations.plex = builder.lib.mkHost {
        inherit nixpkgs;
        modules = [ ./default.nix ];
      };
    };
}
