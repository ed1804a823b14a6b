# What desktops agree on.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  on =
    what:
    mkOption {
      type = types.bool;
      default = true;
      description = "Whether ${what} are installed.";
    };
in
{
  options.xdg = {
    mime = {
      enable = on "file types";
      defaultApplications = mkOption {
        type = types.attrsOf (types.coercedTo types.str lib.singleton (types.listOf types.str));
        default = { };
        example = {
          "application/pdf" = "firefox.desktop";
        };
        description = "Programs for file types.";
      };
    };
    icons.enable = on "icons";
    menus.enable = on "menus";
    autostart.enable = on "programs that start with the desktop";
    portal = {
      enable = lib.mkEnableOption "portals, by which confined programs ask for files and screens";
      extraPortals = mkOption {
        type = types.listOf types.package;
        default = [ ];
        description = "Packages with more portals.";
      };
      config = mkOption {
        type = types.attrsOf (types.attrsOf (types.either types.str (types.listOf types.str)));
        default = { };
        description = "Which portal is used for what.";
      };
    };
  };
}
