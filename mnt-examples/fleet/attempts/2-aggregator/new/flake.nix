# Attempt 2: all inputs are named here once, and the hosts' flakes follow them.
{
  inputs = {
    nixpkgs.url = "path:../../../../nixpkgs";

    builder.url = "path:../lib";

    plex = {
      url = "path:../hosts/plex";
      inputs.nixpkgs.follows = "nixpkgs";
      inputs.builder.follows = "builder";
    };
  };

  outputs =
    { plex, ... }:
    {
      nixosConfigurations = {
        inherit (plex.nixosConfigurations) plex;
      };
    };
}
