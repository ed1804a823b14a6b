{
  config,
  lib,
  pkgs,
  ...
}:
{
  options.profiles.creative.enable = lib.mkEnableOption "programs for pictures";
  config = lib.mkIf config.profiles.creative.enable {
    home.packages = [
      pkgs.gimp
      pkgs.inkscape
    ];
  };
}
