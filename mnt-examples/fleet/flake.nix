# Seven hosts, one flake, one lock file: the monolithic way, which works.
#
# A host can have a lock file of its own all the same: hosts/<host>/flake.lock is
# a whole lock file for this flake. With Nix it is given by hand,
#   nixos-rebuild build --flake .#plex --reference-lock-file hosts/plex/flake.lock
# flakefs takes it for that host by itself.
{
  description = "Seven hosts in one flake";

  inputs = {
    nixpkgs.url = "path:../nixpkgs";

    # Which versions of programs the hosts get. Locked, it is one of releases/.
    release = {
      url = "path:./releases/25.11";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    {
      self,
      nixpkgs,
      release,
      ...
    }@inputs:
    let
      mkHost =
        name: system:
        nixpkgs.lib.nixosSystem {
          specialArgs = { inherit inputs; };
          modules = [
            release.nixosModules.default
            ./modules/common-nixos.nix
            ./hosts/${name}
            {
              networking.hostName = name;
              nixpkgs.hostPlatform = system;
            }
          ];
        };
    in
    {
      nixosConfigurations = builtins.mapAttrs mkHost {
        dobro = "x86_64-linux";
        zeeba = "x86_64-linux";
        plex = "x86_64-linux";
        imbp = "x86_64-linux";
        matcha = "x86_64-linux";
        orc = "aarch64-linux";
        nixahi = "aarch64-linux";
      };
    };
}
