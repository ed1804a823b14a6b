# Drawing by the graphics card.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.hardware.graphics;
in
{
  options.hardware.graphics = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether programs can draw by the graphics card.";
    };
    enable32Bit = mkOption {
      type = types.bool;
      default = false;
      description = "Whether programs of 32 bits can use them too.";
    };
    package = mkOption {
      type = types.package;
      default = pkgs.mesa;
      defaultText = lib.literalExpression "pkgs.mesa";
      internal = true;
      description = "The package with the drivers.";
    };
    extraPackages = mkOption {
      type = types.listOf types.package;
      default = [ ];
      description = "More drivers.";
    };
  };
  config = lib.mkIf cfg.enable {
    system.build.graphicsDrivers = pkgs.buildEnv {
      name = "graphics-drivers";
      paths = [ cfg.package ] ++ cfg.extraPackages;
    };
    assertions = [
      {
        assertion = cfg.enable32Bit -> pkgs.stdenv.hostPlatform.isx86_64;
        message = "hardware.graphics.enable32Bit makes sense on x86_64 only.";
      }
    ];
  };
}
