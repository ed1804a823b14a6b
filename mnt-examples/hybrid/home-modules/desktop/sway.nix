{
  config,
  lib,
  osConfig ? null,
  ...
}:
{
  options.desktop.enable = lib.mkEnableOption "the desktop";

  config = lib.mkIf config.desktop.enable {
    wayland.windowManager.sway = {
      enable = true;
      # The system has it already.
      package = null;
      config = {
        modifier = "Mod4";
        terminal = "ghostty";
        output."*".scale = toString (if osConfig == null then 1 else osConfig.desktop.sway.scale);
        gaps.inner = 8;
        keybindings."Mod4+Shift+e" = "exit";
      };
    };
    programs.waybar.enable = true;
    services.mako.enable = true;
  };
}
