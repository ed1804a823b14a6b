# The look of GTK and Qt programs.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  named = what: mkOption {
    type = types.nullOr (
      types.submodule {
        options = {
          name = mkOption {
            type = types.str;
            description = "Its name.";
          };
          package = mkOption {
            type = types.nullOr types.package;
            default = null;
            description = "The package it is in.";
          };
        };
      }
    );
    default = null;
    description = "The ${what}.";
  };
in
{
  options = {
    gtk = {
      enable = lib.mkEnableOption "settings of GTK";
      theme = named "theme";
      iconTheme = named "icons";
      cursorTheme = named "pointer";
    };
    qt.enable = lib.mkEnableOption "settings of Qt";
  };
  config.home.packages = lib.mkIf config.gtk.enable (
    lib.concatMap (t: lib.optional (t != null && t.package != null) t.package) [
      config.gtk.theme
      config.gtk.iconTheme
      config.gtk.cursorTheme
    ]
  );
}
