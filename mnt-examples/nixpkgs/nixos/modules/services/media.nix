# Films, music and home automation.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services;
  # Services with a port, a user and a folder are alike.
  mediaServer =
    {
      text,
      port,
      name,
    }:
    {
      enable = lib.mkEnableOption text;
      openFirewall = mkOption {
        type = types.bool;
        default = false;
        description = "Whether its port is opened in the firewall.";
      };
      port = mkOption {
        type = types.port;
        default = port;
        description = "The port it listens on.";
      };
      user = mkOption {
        type = types.str;
        default = name;
        description = "The user it runs as.";
      };
      group = mkOption {
        type = types.str;
        default = name;
        description = "The group it runs as.";
      };
      dataDir = mkOption {
        type = types.str;
        default = "/var/lib/${name}";
        description = "Where its data are.";
      };
    };
  servers = {
    plex = {
      text = "Plex Media Server";
      port = 32400;
    };
    jellyfin = {
      text = "Jellyfin Media Server";
      port = 8096;
    };
    sonarr = {
      text = "Sonarr";
      port = 8989;
    };
    radarr = {
      text = "Radarr";
      port = 7878;
    };
    home-assistant = {
      text = "Home Assistant";
      port = 8123;
    };
  };
  enabled = lib.filterAttrs (n: _: cfg.${n}.enable) servers;
in
{
  options.services = lib.mapAttrs (name: s: mediaServer (s // { inherit name; })) servers;

  config = {
    networking.firewall.allowedTCPPorts = lib.concatMap (
      n: lib.optional cfg.${n}.openFirewall cfg.${n}.port
    ) (lib.attrNames enabled);
    users.users = lib.mapAttrs' (
      n: _:
      lib.nameValuePair cfg.${n}.user {
        isSystemUser = true;
        inherit (cfg.${n}) group;
        home = cfg.${n}.dataDir;
      }
    ) enabled;
    users.groups = lib.mapAttrs' (n: _: lib.nameValuePair cfg.${n}.group { }) enabled;
    systemd.services = lib.mapAttrs (n: s: {
      description = s.text;
      wantedBy = [ "multi-user.target" ];
      serviceConfig = {
        User = cfg.${n}.user;
        ExecStart = "/run/current-system/sw/bin/${n}";
      };
    }) enabled;
  };
}
