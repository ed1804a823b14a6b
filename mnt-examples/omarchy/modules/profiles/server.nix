# Machines without a screen. `role` brings the usual services of a role; each
# service can be switched by itself as well.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    mkDefault
    mkEnableOption
    mkIf
    mkMerge
    mkOption
    types
    ;
  cfg = config.profiles.server;
  on = what: mkEnableOption what // { default = true; };
  isRole = roles: lib.elem cfg.role roles;
in
{
  options.profiles.server = {
    enable = mkEnableOption "a machine without a screen";
    role = mkOption {
      type = types.enum [
        "general"
        "web"
        "database"
        "docker"
        "storage"
        "monitoring"
      ];
      default = "general";
      description = "What the machine is there for.";
    };
    headless = on "a system without windows";

    services = {
      ssh = {
        enable = on "remote logins";
        port = mkOption {
          type = types.port;
          default = 22;
          description = "The port for them.";
        };
        passwordAuth = mkEnableOption "logins by password";
      };
      nginx = {
        enable = mkEnableOption "nginx";
        domains = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "The sites.";
        };
        acme.enable = mkEnableOption "certificates by Let's Encrypt";
      };
      postgresql = {
        enable = mkEnableOption "PostgreSQL";
        version = mkOption {
          type = types.enum [
            15
            16
            17
          ];
          default = 16;
          description = "Which version.";
        };
        databases = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Databases that are made.";
        };
        backup.enable = on "dumps every night";
        maxConnections = mkOption {
          type = types.ints.between 10 10000;
          default = 100;
          description = "How many clients at the same time.";
        };
      };
      redis = {
        enable = mkEnableOption "Redis";
        maxMemory = mkOption {
          type = types.str;
          default = "256mb";
          description = "How much memory it may use.";
        };
      };
      docker = {
        enable = mkEnableOption "Docker";
        autoPrune.enable = on "cleaning every week";
      };
      samba.enable = mkEnableOption "shares for Windows";
      nfs.enable = mkEnableOption "shares for Unix";
      prometheus = {
        enable = mkEnableOption "Prometheus";
        retention = mkOption {
          type = types.str;
          default = "15d";
          description = "How long values are kept.";
        };
      };
      nodeExporter.enable = on "metrics of the machine";
      grafana = {
        enable = mkEnableOption "Grafana";
        domain = mkOption {
          type = types.str;
          default = "localhost";
          description = "Its name.";
        };
      };
      loki.enable = mkEnableOption "Loki";
    };

    security = {
      fail2ban = {
        enable = on "bans of addresses that guess passwords";
        maxRetry = mkOption {
          type = types.ints.positive;
          default = 5;
          description = "After how many guesses.";
        };
      };
      apparmor.enable = mkEnableOption "AppArmor";
      sshHardening.enable = on "strict settings for remote logins";
      kernelHardening.enable = mkEnableOption "strict settings of the kernel";
    };

    optimization = {
      bbr.enable = on "BBR, which uses slow networks better";
      kernelTuning.enable = on "kernel settings for many connections";
      garbageCollection = {
        enable = on "cleaning of the store every week";
        keepDays = mkOption {
          type = types.ints.positive;
          default = 14;
          description = "What is older is deleted.";
        };
      };
    };
  };

  config = mkIf cfg.enable (mkMerge [
    # What a role implies; a host's own word is stronger.
    {
      profiles.server.services = {
        nginx.enable = mkIf (isRole [ "web" ]) (mkDefault true);
        postgresql.enable = mkIf (isRole [ "database" ]) (mkDefault true);
        docker.enable = mkIf (isRole [ "docker" ]) (mkDefault true);
        samba.enable = mkIf (isRole [ "storage" ]) (mkDefault true);
        nfs.enable = mkIf (isRole [ "storage" ]) (mkDefault true);
        prometheus.enable = mkIf (isRole [ "monitoring" ]) (mkDefault true);
        grafana.enable = mkIf (isRole [ "monitoring" ]) (mkDefault true);
        loki.enable = mkIf (isRole [ "monitoring" ]) (mkDefault true);
      };
    }

    (mkIf cfg.headless {
      services.xserver.enable = false;
      boot.loader.timeout = mkDefault 1;
      fonts.fontconfig.enable = mkDefault false;
    })

    (mkIf cfg.services.ssh.enable {
      services.openssh = {
        enable = true;
        ports = [ cfg.services.ssh.port ];
        settings = mkMerge [
          { PasswordAuthentication = cfg.services.ssh.passwordAuth; }
          (mkIf cfg.security.sshHardening.enable {
            PermitRootLogin = "no";
            X11Forwarding = false;
            MaxAuthTries = 3;
          })
        ];
      };
    })

    (mkIf cfg.services.nginx.enable {
      services.nginx = {
        enable = true;
        recommendedGzipSettings = true;
        recommendedOptimisation = true;
        recommendedProxySettings = true;
        recommendedTlsSettings = true;
        virtualHosts = lib.genAttrs cfg.services.nginx.domains (_: {
          enableACME = cfg.services.nginx.acme.enable;
          forceSSL = cfg.services.nginx.acme.enable;
        });
      };
      networking.firewall.allowedTCPPorts = [
        80
        443
      ];
    })

    (mkIf cfg.services.postgresql.enable {
      services.postgresql = {
        enable = true;
        package = pkgs."postgresql_${toString cfg.services.postgresql.version}";
        ensureDatabases = cfg.services.postgresql.databases;
        ensureUsers = map (name: {
          inherit name;
          ensureDBOwnership = true;
        }) cfg.services.postgresql.databases;
        settings.max_connections = cfg.services.postgresql.maxConnections;
      };
      services.postgresqlBackup = {
        inherit (cfg.services.postgresql.backup) enable;
        inherit (cfg.services.postgresql) databases;
      };
    })

    (mkIf cfg.services.redis.enable {
      services.redis.servers."" = {
        enable = true;
        settings.maxmemory = cfg.services.redis.maxMemory;
      };
    })

    (mkIf cfg.services.docker.enable {
      virtualisation.docker = {
        enable = true;
        autoPrune.enable = cfg.services.docker.autoPrune.enable;
        daemon.settings.log-driver = "journald";
      };
    })

    { services.samba.enable = cfg.services.samba.enable; }
    { services.nfs.server.enable = cfg.services.nfs.enable; }

    (mkIf cfg.services.nodeExporter.enable {
      services.prometheus.exporters.node = {
        enable = true;
        enabledCollectors = [
          "systemd"
          "processes"
        ];
      };
    })
    (mkIf cfg.services.prometheus.enable {
      services.prometheus = {
        enable = true;
        retentionTime = cfg.services.prometheus.retention;
        globalConfig.scrape_interval = mkDefault "15s";
        scrapeConfigs = [
          {
            job_name = "self";
            static_configs = [ { targets = [ "localhost:9100" ]; } ];
          }
        ];
      };
    })
    (mkIf cfg.services.grafana.enable {
      services.grafana = {
        enable = true;
        settings.server.domain = cfg.services.grafana.domain;
        settings.analytics.reporting_enabled = false;
        provision.enable = true;
        provision.datasources.settings.datasources =
          lib.optional cfg.services.prometheus.enable {
            name = "Prometheus";
            type = "prometheus";
            url = "http://localhost:${toString config.services.prometheus.port}";
            isDefault = true;
          }
          ++ lib.optional cfg.services.loki.enable {
            name = "Loki";
            type = "loki";
            url = "http://localhost:3100";
          };
      };
    })
    (mkIf cfg.services.loki.enable {
      services.loki = {
        enable = true;
        configuration = {
          auth_enabled = false;
          server.http_listen_port = 3100;
        };
      };
    })

    (mkIf cfg.security.fail2ban.enable {
      services.fail2ban = {
        enable = true;
        maxretry = cfg.security.fail2ban.maxRetry;
        bantime-increment.enable = true;
      };
    })
    { security.apparmor.enable = cfg.security.apparmor.enable; }
    (mkIf cfg.security.kernelHardening.enable {
      security.protectKernelImage = true;
      boot.kernel.sysctl."kernel.dmesg_restrict" = 1;
    })

    (mkIf cfg.optimization.bbr.enable {
      boot.kernelModules = [ "tcp_bbr" ];
      boot.kernel.sysctl = {
        "net.core.default_qdisc" = "fq";
        "net.ipv4.tcp_congestion_control" = "bbr";
      };
    })
    (mkIf cfg.optimization.kernelTuning.enable {
      boot.kernel.sysctl = {
        "net.core.somaxconn" = 4096;
        "net.core.rmem_max" = 16777216;
        "vm.swappiness" = mkDefault 10;
      };
    })
    (mkIf cfg.optimization.garbageCollection.enable {
      nix.gc = {
        automatic = true;
        dates = "weekly";
        options = "--delete-older-than ${toString cfg.optimization.garbageCollection.keepDays}d";
      };
    })

    {
      assertions = [
        {
          assertion = !config.profiles.desktop.enable || !cfg.headless;
          message = "profiles.server.headless and profiles.desktop.enable exclude each other.";
        }
        {
          assertion = cfg.services.nginx.acme.enable -> cfg.services.nginx.domains != [ ];
          message = "profiles.server.services.nginx.acme needs domains.";
        }
      ];
    }
  ]);
}
