# A small stand-in for agenix: the options, not the decryption.
{
  description = "A stand-in for agenix";

  inputs.nixpkgs.url = "path:../nixpkgs";

  outputs =
    { self, nixpkgs }:
    {
      nixosModules = {
        age = ./age.nix;
        default = self.nixosModules.age;
      };
      packages = nixpkgs.lib.genAttrs nixpkgs.lib.systems.flakeExposed (system: rec {
        agenix = nixpkgs.legacyPackages.${system}.writeShellScriptBin "agenix" "echo this is a stand-in";
        default = agenix;
      });
    };
}
