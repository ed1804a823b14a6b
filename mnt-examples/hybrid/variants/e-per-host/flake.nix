# Option E: a folder for each host, with everything that is the host's.
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
  };

  outputs =
    { self, ... }@inputs:
    {
      nixosConfigurations = {
        hetzner-sway = import ./hosts/hetzner-sway { inherit self inputs; };
        m1 = import ./hosts/m1 { inherit self inputs; };
      };
    };
}
