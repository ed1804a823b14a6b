# Fonts of the user's own.
{ lib, ... }:
{
  options.fonts.fontconfig.enable = lib.mkEnableOption "fonts among the user's packages";
}
