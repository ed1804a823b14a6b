# The text console.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.console = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether there is a virtual console.";
    };
    font = mkOption {
      type = types.nullOr (types.either types.str types.path);
      default = null;
      example = "LatArCyrHeb-16";
      description = "The font of the console; null leaves the kernel's.";
    };
    keyMap = mkOption {
      type = types.either types.str types.path;
      default = "us";
      example = "fr";
      description = "The keyboard's layout in the console.";
    };
    useXkbConfig = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to take the layout from services.xserver.xkb.";
    };
    earlySetup = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to set font and layout in the initial ramdisk already.";
    };
  };

  config = lib.mkIf config.console.enable {
    console.keyMap = lib.mkIf config.console.useXkbConfig (
      lib.mkOverride 900 config.services.xserver.xkb.layout
    );
    environment.etc."vconsole.conf".text =
      "KEYMAP=${config.console.keyMap}\n"
      + lib.optionalString (config.console.font != null) "FONT=${config.console.font}\n";
  };
}
