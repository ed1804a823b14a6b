# Attempt 3: absolute paths everywhere. It works on one machine.
{
  inputs = {
    nixpkgs.url = "path:../../../nixpkgs";
    parent.url = "path:/home/jono/sync/configs/nixos/lib";
  };

  outputs =
    { nixpkgs, parent, ... }:
    let
      sharedModulesPath = /home/jono/sync/configs/nixos/modules;
    in
    {
      nixosConfigurations.plex = parent.lib.mkHost {
        inherit nixpkgs;
        modules = [ (sharedModulesPath + "/common-nixos.nix") ];
      };
    };
}
