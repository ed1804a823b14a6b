# Features: small modules, chosen by name in the inventory.
{ lib }:
let
  inherit (lib) mkDefault;
  language = name: {
    _file = ./features.nix;
    profiles.development.languages.${name}.enable = mkDefault true;
  };
in
lib.genAttrs [
  "python"
  "nodejs"
  "rust"
  "go"
] language
// {
  # Machine learning.
  ml =
    { pkgs, ... }:
    {
      environment.systemPackages = [
        (pkgs.python3.withPackages (ps: [
          ps.pytorch
          ps.jupyter
        ]))
      ];
      services.jupyter.enable = mkDefault true;
    };

  gamedev =
    { pkgs, ... }:
    {
      environment.systemPackages = [
        pkgs.blender
        pkgs.godot_4
      ];
    };
}
