{ self, inputs }:
(import ../../../../lib { inherit self inputs; }).mkSystem {
  hostname = "nixos-hetzner-sway";
  system = "x86_64-linux";
  modules = [ ./configuration.nix ];
}
