# Compositors and graphical programs.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.programs;
  wayland = {
    hardware.graphics.enable = lib.mkDefault true;
    security.polkit.enable = true;
    xdg.portal.enable = lib.mkDefault true;
  };
in
{
  options.programs = {
    hyprland = {
      enable = lib.mkEnableOption "Hyprland, a tiling compositor with effects";
      package = lib.mkPackageOption pkgs "hyprland" { };
      xwayland.enable = lib.mkEnableOption "XWayland" // {
        default = true;
      };
      withUWSM = lib.mkEnableOption "sessions that systemd looks after";
    };
    sway = {
      enable = lib.mkEnableOption "Sway, a tiling compositor that works like i3";
      package = lib.mkPackageOption pkgs "sway" { nullable = true; };
      xwayland.enable = lib.mkEnableOption "XWayland" // {
        default = true;
      };
      extraPackages = mkOption {
        type = types.listOf types.package;
        default = [
          pkgs.swaylock
          pkgs.wl-clipboard
        ];
        defaultText = lib.literalExpression "[ pkgs.swaylock pkgs.wl-clipboard ]";
        description = "Packages that come with it.";
      };
      extraSessionCommands = mkOption {
        type = types.lines;
        default = "";
        description = "Commands before it starts.";
      };
      wrapperFeatures.gtk = lib.mkEnableOption "what GTK programs need";
    };
    firefox = {
      enable = lib.mkEnableOption "Firefox";
      policies = mkOption {
        type = types.attrsOf types.anything;
        default = { };
        description = "Rules for it.";
      };
      preferences = mkOption {
        type = types.attrsOf (
          types.oneOf [
            types.bool
            types.int
            types.str
          ]
        );
        default = { };
        description = "Its preferences.";
      };
    };
    dconf.enable = lib.mkEnableOption "dconf";
    thunar.enable = lib.mkEnableOption "thunar, the xfce file manager";
    waybar.enable = lib.mkEnableOption "Waybar, a bar for Wayland compositors";
    virt-manager.enable = lib.mkEnableOption "virt-manager, windows for virtual machines";
    light.enable = lib.mkEnableOption "backlight control";
    kdeconnect.enable = lib.mkEnableOption "kdeconnect";
    xwayland.enable = lib.mkEnableOption "Xwayland, for programs that need X";
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.hyprland.enable (
      wayland
      // {
        environment.systemPackages = [ cfg.hyprland.package ];
        programs.xwayland.enable = lib.mkDefault cfg.hyprland.xwayland.enable;
      }
    ))
    (lib.mkIf cfg.sway.enable (
      wayland
      // {
        environment.systemPackages =
          lib.optional (cfg.sway.package != null) cfg.sway.package ++ cfg.sway.extraPackages;
        programs.xwayland.enable = lib.mkDefault cfg.sway.xwayland.enable;
      }
    ))
    (lib.mkIf cfg.firefox.enable { environment.systemPackages = [ pkgs.firefox ]; })
    (lib.mkIf cfg.waybar.enable { environment.systemPackages = [ pkgs.waybar ]; })
    (lib.mkIf cfg.virt-manager.enable { environment.systemPackages = [ pkgs.virt-manager ]; })
    (lib.mkIf cfg.kdeconnect.enable {
      networking.firewall.allowedTCPPortRanges = [
        {
          from = 1714;
          to = 1764;
        }
      ];
    })
  ];
}
