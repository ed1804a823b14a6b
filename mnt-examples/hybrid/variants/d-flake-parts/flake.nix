# Option D: the outputs are put together by flake-parts, a folder for each.
{
  inputs = {
    nixpkgs.url = "path:../../../nixpkgs";
    nixpkgs-bleeding = {
      url = "path:../../nixpkgs-bleeding";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    home-manager = {
      url = "path:../../../home-manager";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    flake-parts = {
      url = "path:../../../flake-parts";
      inputs.nixpkgs-lib.follows = "nixpkgs";
    };
  };

  outputs =
    inputs@{ flake-parts, ... }:
    flake-parts.lib.mkFlake { inherit inputs; } {
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      imports = [
        ./hosts
        ./home
        ./packages
      ];
    };
}
