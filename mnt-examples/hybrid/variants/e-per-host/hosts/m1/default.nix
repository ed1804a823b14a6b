{ self, inputs }:
(import ../../../../lib { inherit self inputs; }).mkSystem {
  hostname = "nixos-m1";
  system = "aarch64-linux";
  modules = [ ./configuration.nix ];
}
