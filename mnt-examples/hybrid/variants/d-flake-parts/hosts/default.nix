{ self, inputs, ... }:
let
  inherit (import ../../../lib { inherit self inputs; }) mkSystem;
in
{
  flake.nixosConfigurations = {
    hetzner-sway = mkSystem {
      hostname = "nixos-hetzner-sway";
      system = "x86_64-linux";
      modules = [ ../../../configurations/hetzner-sway.nix ];
    };
    m1 = mkSystem {
      hostname = "nixos-m1";
      system = "aarch64-linux";
      modules = [ ../../../configurations/m1.nix ];
    };
  };
}
