# A new host: put your own name everywhere.
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.new-host = nixpkgs.lib.nixosSystem {
        modules = [ ./configuration.nix ];
      };
    };
}
