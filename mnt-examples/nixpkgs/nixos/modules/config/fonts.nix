# Fonts.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  names =
    default:
    mkOption {
      type = types.listOf types.str;
      inherit default;
      description = "Fonts to try for this family, in this order.";
    };
in
{
  options.fonts = {
    packages = mkOption {
      type = types.listOf types.path;
      default = [ ];
      example = lib.literalExpression "[ pkgs.dejavu_fonts ]";
      description = "Packages with fonts.";
    };
    enableDefaultPackages = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to install a basic set of fonts.";
    };
    fontconfig = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether programs find fonts by fontconfig.";
      };
      defaultFonts = {
        monospace = names [ "DejaVu Sans Mono" ];
        sansSerif = names [ "DejaVu Sans" ];
        serif = names [ "DejaVu Serif" ];
        emoji = names [ "Noto Color Emoji" ];
      };
    };
  };
}
