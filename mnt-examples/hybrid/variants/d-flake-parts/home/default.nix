{ self, inputs, ... }:
let
  inherit (import ../../../lib { inherit self inputs; }) pkgsUnstableFor;
  mkHome =
    system: module:
    inputs.home-manager.lib.homeManagerConfiguration {
      pkgs = inputs.nixpkgs.legacyPackages.${system};
      extraSpecialArgs = {
        inherit inputs self;
        pkgs-unstable = pkgsUnstableFor system;
      };
      modules = [ module ];
    };
in
{
  flake.homeConfigurations = {
    vpittamp = mkHome "x86_64-linux" ../../../home-vpittamp.nix;
    code = mkHome "x86_64-linux" ../../../home-code.nix;
    darwin = mkHome "aarch64-darwin" ../../../home-darwin.nix;
  };
}
