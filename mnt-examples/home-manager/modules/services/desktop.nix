# Services of a session.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services;
in
{
  options.services = {
    dunst = {
      enable = lib.mkEnableOption "notifications by dunst";
      settings = mkOption {
        type = types.attrsOf (types.attrsOf types.anything);
        default = { };
        description = "Its configuration.";
      };
    };
    mako.enable = lib.mkEnableOption "notifications by mako";
    gpg-agent = {
      enable = lib.mkEnableOption "the agent of GnuPG";
      enableSshSupport = mkOption {
        type = types.bool;
        default = false;
        description = "Whether it is the SSH agent too.";
      };
      defaultCacheTtl = mkOption {
        type = types.nullOr types.int;
        default = null;
        description = "For how many seconds a password is remembered.";
      };
    };
    syncthing.enable = lib.mkEnableOption "Syncthing";
    ssh-agent.enable = lib.mkEnableOption "the SSH agent";
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.dunst.enable {
      home.packages = [ pkgs.dunst ];
      systemd.user.services.dunst = {
        Unit.Description = "Dunst notification daemon";
        Service.ExecStart = "${pkgs.dunst}/bin/dunst";
      };
    })
    (lib.mkIf cfg.syncthing.enable {
      systemd.user.services.syncthing = {
        Unit.Description = "Syncthing";
        Service.ExecStart = "${pkgs.syncthing}/bin/syncthing serve --no-browser";
        Install.WantedBy = [ "default.target" ];
      };
    })
    (lib.mkIf cfg.mako.enable { home.packages = [ pkgs.mako ]; })
  ];
}
