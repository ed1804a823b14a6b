# Compositors.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.wayland.windowManager;
  value = types.nullOr (
    types.oneOf [
      types.bool
      types.int
      types.float
      types.str
      types.path
      (types.attrsOf value)
      (types.listOf value)
    ]
  ) // { description = "configuration value"; };
in
{
  options.wayland.windowManager = {
    sway = {
      enable = lib.mkEnableOption "Sway";
      package = lib.mkPackageOption pkgs "sway" { nullable = true; };
      config = {
        modifier = mkOption {
          type = types.enum [
            "Shift"
            "Control"
            "Mod1"
            "Mod4"
          ];
          default = "Mod1";
          description = "The key for the window manager.";
        };
        terminal = mkOption {
          type = types.str;
          default = "foot";
          description = "The terminal emulator.";
        };
        menu = mkOption {
          type = types.str;
          default = "wmenu-run";
          description = "The program launcher.";
        };
        keybindings = mkOption {
          type = types.attrsOf (types.nullOr types.str);
          default = { };
          description = "What keys do.";
        };
        output = mkOption {
          type = types.attrsOf (types.attrsOf types.str);
          default = { };
          description = "Screens.";
        };
        gaps.inner = mkOption {
          type = types.nullOr types.int;
          default = null;
          description = "The space between windows.";
        };
      };
      extraConfig = mkOption {
        type = types.lines;
        default = "";
        description = "More lines.";
      };
    };
    hyprland = {
      enable = lib.mkEnableOption "Hyprland";
      settings = mkOption {
        type = value;
        default = { };
        description = "Its configuration.";
      };
      extraConfig = mkOption {
        type = types.lines;
        default = "";
        description = "More lines.";
      };
    };
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.sway.enable {
      home.packages = lib.optional (cfg.sway.package != null) cfg.sway.package;
      wayland.windowManager.sway.config.keybindings = lib.mapAttrs (_: lib.mkOptionDefault) {
        "${cfg.sway.config.modifier}+Return" = "exec ${cfg.sway.config.terminal}";
        "${cfg.sway.config.modifier}+d" = "exec ${cfg.sway.config.menu}";
        "${cfg.sway.config.modifier}+Shift+q" = "kill";
      };
      xdg.configFile."sway/config".text =
        lib.concatStrings (
          lib.mapAttrsToList (k: c: "bindsym ${k} ${c}\n") (
            lib.filterAttrs (_: c: c != null) cfg.sway.config.keybindings
          )
        )
        + cfg.sway.extraConfig;
    })
    (lib.mkIf cfg.hyprland.enable {
      home.packages = [ pkgs.hyprland ];
      xdg.configFile."hypr/hyprland.conf".text =
        builtins.toJSON cfg.hyprland.settings + "\n" + cfg.hyprland.extraConfig;
    })
  ];
}
