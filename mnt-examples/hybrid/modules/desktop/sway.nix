{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.desktop.sway;
in
{
  options.desktop.sway = {
    enable = lib.mkEnableOption "Sway with what belongs to it";
    headless = lib.mkEnableOption "screens that exist in memory only";
    scale = lib.mkOption {
      type = lib.types.either lib.types.int lib.types.float;
      default = 1;
      description = "How much bigger everything is.";
    };
  };

  config = lib.mkIf cfg.enable {
    programs.sway = {
      enable = true;
      wrapperFeatures.gtk = true;
      extraPackages = with pkgs; [
        swaylock
        wl-clipboard
        wofi
      ];
      extraSessionCommands = lib.mkIf cfg.headless ''
        export WLR_BACKENDS=headless
        export WLR_LIBINPUT_NO_DEVICES=1
      '';
    };
    services.pipewire = {
      enable = !cfg.headless;
      pulse.enable = true;
    };
    services.greetd = {
      enable = true;
      settings.default_session = {
        command = "sway";
        user = "vpittamp";
      };
    };
    environment.sessionVariables.NIXOS_OZONE_WL = "1";
  };
}
