# Files for other machines, and copies of one's own.
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
    samba = {
      enable = lib.mkEnableOption "shares for Windows by Samba";
      openFirewall = mkOption {
        type = types.bool;
        default = false;
        description = "Whether its ports are opened in the firewall.";
      };
      settings = mkOption {
        type = types.submodule {
          freeformType = types.attrsOf (
            types.attrsOf (
              types.oneOf [
                types.bool
                types.int
                types.str
                (types.listOf types.str)
              ]
            )
          );
          options.global.security = mkOption {
            type = types.enum [
              "auto"
              "user"
              "domain"
              "ads"
            ];
            default = "user";
            description = "How users show who they are.";
          };
        };
        default = { };
        description = "The contents of smb.conf: `global` and the shares.";
      };
    };
    nfs.server = {
      enable = mkOption {
        type = types.bool;
        default = false;
        description = "Whether folders are shared by NFS.";
      };
      exports = mkOption {
        type = types.lines;
        default = "";
        description = "What is shared with whom, see exports(5).";
      };
    };
    syncthing = {
      enable = lib.mkEnableOption "Syncthing, which keeps folders of several machines equal";
      user = mkOption {
        type = types.str;
        default = "syncthing";
        description = "The user it runs as.";
      };
      dataDir = mkOption {
        type = types.path;
        default = "/var/lib/syncthing";
        description = "Where folders are.";
      };
      openDefaultPorts = mkOption {
        type = types.bool;
        default = false;
        description = "Whether its ports are opened in the firewall.";
      };
    };
    restic.backups = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = {
            paths = mkOption {
              type = types.nullOr (types.listOf types.str);
              default = [ ];
              description = "What is backed up.";
            };
            repository = mkOption {
              type = types.nullOr types.str;
              default = null;
              description = "Where to.";
            };
            passwordFile = mkOption {
              type = types.str;
              description = "A file with the password.";
            };
            pruneOpts = mkOption {
              type = types.listOf types.str;
              default = [ ];
              example = [ "--keep-daily 7" ];
              description = "What is kept.";
            };
            timerConfig = mkOption {
              type = types.nullOr (types.attrsOf types.anything);
              default = {
                OnCalendar = "daily";
                Persistent = true;
              };
              description = "When.";
            };
          };
        }
      );
      default = { };
      description = "Backups, by name.";
    };
    zfs.autoScrub.enable = lib.mkEnableOption "regular checks of ZFS pools";
    btrfs.autoScrub.enable = lib.mkEnableOption "regular checks of btrfs file systems";
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.samba.enable {
      networking.firewall.allowedTCPPorts = lib.mkIf cfg.samba.openFirewall [
        139
        445
      ];
      environment.systemPackages = [ pkgs.samba ];
      systemd.services.samba-smbd.serviceConfig.ExecStart = "${pkgs.samba}/sbin/smbd --foreground";
    })
    (lib.mkIf cfg.nfs.server.enable {
      environment.etc.exports.text = cfg.nfs.server.exports;
      boot.kernelModules = [ "nfsd" ];
    })
    (lib.mkIf cfg.syncthing.enable {
      networking.firewall = lib.mkIf cfg.syncthing.openDefaultPorts {
        allowedTCPPorts = [ 22000 ];
        allowedUDPPorts = [
          21027
          22000
        ];
      };
    })
    {
      systemd.services = lib.mapAttrs' (
        name: b:
        lib.nameValuePair "restic-backups-${name}" {
          description = "Backup ${name}";
          script = "${lib.getExe pkgs.restic} backup ${lib.escapeShellArgs b.paths}";
          environment = {
            RESTIC_PASSWORD_FILE = b.passwordFile;
            RESTIC_REPOSITORY = b.repository;
          };
        }
      ) cfg.restic.backups;
    }
  ];
}
