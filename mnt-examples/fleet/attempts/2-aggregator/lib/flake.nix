# The shared builder: no inputs, only functions.
{
  outputs =
    { self }:
    {
      lib.mkHost =
        { nixpkgs, modules, system ? "x86_64-linux" }:
        nixpkgs.lib.nixosSystem {
          inherit system;
          modules = [ ../modules/common-nixos.nix ] ++ modules;
        };
    };
}
