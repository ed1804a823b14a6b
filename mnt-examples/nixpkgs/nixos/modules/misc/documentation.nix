# Manuals on the machine.
{ lib, ... }:
let
  toggle =
    what:
    lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = "Whether to install ${what}.";
    };
in
{
  options.documentation = {
    enable = toggle "documentation of packages";
    man.enable = toggle "manual pages";
    info.enable = toggle "info pages";
    doc.enable = toggle "documentation in share/doc";
    nixos.enable = toggle "NixOS' own manual";
  };
}
