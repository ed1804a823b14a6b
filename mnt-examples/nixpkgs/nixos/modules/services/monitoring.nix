# Prometheus with its exporters, Grafana, Loki and Promtail, Netdata.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services;
  toggle =
    description:
    mkOption {
      type = types.bool;
      default = false;
      inherit description;
    };
  json = pkgs.formats.json { };

  exporter = name: port: extra: {
    enable = lib.mkEnableOption "metrics of ${name} for Prometheus";
    port = mkOption {
      type = types.port;
      default = port;
      description = "The port it listens on.";
    };
    listenAddress = mkOption {
      type = types.str;
      default = "0.0.0.0";
      description = "The address it listens on.";
    };
    openFirewall = toggle "Whether the port is opened in the firewall.";
    extraFlags = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "More flags.";
    };
  }
  // extra;

  exporters = {
    node = exporter "node" 9100 {
      enabledCollectors = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "systemd" ];
        description = "Collectors to switch on.";
      };
      disabledCollectors = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Collectors to switch off.";
      };
    };
    nginx = exporter "nginx" 9113 {
      scrapeUri = mkOption {
        type = types.str;
        default = "http://localhost/nginx_status";
        description = "Where nginx tells its status.";
      };
    };
    postgres = exporter "postgres" 9187 { };
    redis = exporter "redis" 9121 { };
    smartctl = exporter "smartctl" 9633 { };
    blackbox = exporter "blackbox" 9115 { };
  };

  staticConfig = types.submodule {
    options = {
      targets = mkOption {
        type = types.listOf types.str;
        description = "Whom to ask, as host:port.";
      };
      labels = mkOption {
        type = types.attrsOf types.str;
        default = { };
        description = "Labels for what they say.";
      };
    };
  };
in
{
  options.services = {
    prometheus = {
      enable = lib.mkEnableOption "Prometheus";
      package = lib.mkPackageOption pkgs "prometheus" { };
      port = mkOption {
        type = types.port;
        default = 9090;
        description = "The port it listens on.";
      };
      listenAddress = mkOption {
        type = types.str;
        default = "0.0.0.0";
        description = "The address it listens on.";
      };
      retentionTime = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "15d";
        description = "How long values are kept.";
      };
      globalConfig = mkOption {
        type = types.submodule {
          options = {
            scrape_interval = mkOption {
              type = types.nullOr types.str;
              default = null;
              example = "15s";
              description = "How often targets are asked.";
            };
            evaluation_interval = mkOption {
              type = types.nullOr types.str;
              default = null;
              description = "How often rules are looked at.";
            };
            external_labels = mkOption {
              type = types.attrsOf types.str;
              default = { };
              description = "Labels for others.";
            };
          };
        };
        default = { };
        description = "What counts for all targets.";
      };
      scrapeConfigs = mkOption {
        type = types.listOf (
          types.submodule {
            freeformType = types.attrsOf types.anything;
            options = {
              job_name = mkOption {
                type = types.str;
                description = "What these targets are.";
              };
              scrape_interval = mkOption {
                type = types.nullOr types.str;
                default = null;
                description = "How often they are asked.";
              };
              static_configs = mkOption {
                type = types.listOf staticConfig;
                default = [ ];
                description = "The targets.";
              };
            };
          }
        );
        default = [ ];
        description = "What to watch.";
      };
      rules = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Rules for alerts, in YAML.";
      };
      alertmanager = {
        enable = lib.mkEnableOption "the Alertmanager of Prometheus";
        port = mkOption {
          type = types.port;
          default = 9093;
          description = "The port it listens on.";
        };
      };
      inherit exporters;
    };

    grafana = {
      enable = lib.mkEnableOption "grafana";
      package = lib.mkPackageOption pkgs "grafana" { };
      dataDir = mkOption {
        type = types.path;
        default = "/var/lib/grafana";
        description = "Where its data are.";
      };
      settings = mkOption {
        type = types.submodule {
          freeformType = (pkgs.formats.ini { }).type;
          options = {
            server = {
              http_addr = mkOption {
                type = types.str;
                default = "127.0.0.1";
                description = "The address it listens on.";
              };
              http_port = mkOption {
                type = types.port;
                default = 3000;
                description = "The port it listens on.";
              };
              domain = mkOption {
                type = types.str;
                default = "localhost";
                description = "Its name.";
              };
            };
            analytics.reporting_enabled = mkOption {
              type = types.bool;
              default = true;
              description = "Whether it tells its makers how it is used.";
            };
          };
        };
        default = { };
        description = "The contents of grafana.ini.";
      };
      provision = {
        enable = lib.mkEnableOption "provision";
        datasources.settings.datasources = mkOption {
          type = types.listOf (
            types.submodule {
              freeformType = json.type;
              options = {
                name = mkOption {
                  type = types.str;
                  description = "Its name.";
                };
                type = mkOption {
                  type = types.str;
                  description = "Its kind.";
                };
                url = mkOption {
                  type = types.str;
                  default = "";
                  description = "Where it is.";
                };
                isDefault = toggle "Whether it is asked first.";
              };
            }
          );
          default = [ ];
          description = "Where values come from.";
        };
      };
    };

    loki = {
      enable = lib.mkEnableOption "loki";
      package = lib.mkPackageOption pkgs "loki" { };
      dataDir = mkOption {
        type = types.path;
        default = "/var/lib/loki";
        description = "Where its data are.";
      };
      configuration = mkOption {
        inherit (json) type;
        default = { };
        description = "Its configuration.";
      };
    };
    promtail = {
      enable = lib.mkEnableOption "the Promtail ingresser";
      configuration = mkOption {
        inherit (json) type;
        default = { };
        description = "Its configuration.";
      };
    };
    netdata.enable = lib.mkEnableOption "netdata";
    uptime-kuma.enable = lib.mkEnableOption "Uptime Kuma";
    smartd = {
      enable = lib.mkEnableOption "smartd, which watches disks";
      autodetect = mkOption {
        type = types.bool;
        default = true;
        description = "Whether all disks are watched.";
      };
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.prometheus.enable {
      environment.etc."prometheus.json".text = builtins.toJSON {
        global = lib.filterAttrs (_: v: v != null) cfg.prometheus.globalConfig;
        scrape_configs = cfg.prometheus.scrapeConfigs;
      };
      users.users.prometheus = {
        uid = 255;
        isSystemUser = true;
        group = "prometheus";
      };
      users.groups.prometheus.gid = 255;
      systemd.services.prometheus = {
        description = "Prometheus";
        wantedBy = [ "multi-user.target" ];
        serviceConfig.ExecStart =
          "${cfg.prometheus.package}/bin/prometheus --web.listen-address=${cfg.prometheus.listenAddress}:${toString cfg.prometheus.port}"
          + lib.optionalString (
            cfg.prometheus.retentionTime != null
          ) " --storage.tsdb.retention.time=${cfg.prometheus.retentionTime}";
      };
    })
    (
      let
        on = lib.filterAttrs (_: e: e.enable) cfg.prometheus.exporters;
      in
      {
        networking.firewall.allowedTCPPorts = lib.concatMap (e: lib.optional e.openFirewall e.port) (
          lib.attrValues on
        );
        systemd.services = lib.mapAttrs' (
          name: e:
          lib.nameValuePair "prometheus-${name}-exporter" {
            description = "Prometheus exporter: ${name}";
            wantedBy = [ "multi-user.target" ];
            serviceConfig.ExecStart = toString (
              [
                "${lib.getExe pkgs.node-exporter}"
                "--web.listen-address=${e.listenAddress}:${toString e.port}"
              ]
              ++ map (c: "--collector.${c}") (e.enabledCollectors or [ ])
              ++ e.extraFlags
            );
          }
        ) on;
      }
    )
    (lib.mkIf cfg.grafana.enable {
      environment.etc."grafana.ini".source =
        (pkgs.formats.ini { }).generate "grafana.ini" cfg.grafana.settings;
      users.users.grafana = {
        uid = 196;
        isSystemUser = true;
        group = "grafana";
        home = cfg.grafana.dataDir;
      };
      users.groups.grafana = { };
      systemd.services.grafana = {
        description = "Grafana Service Daemon";
        wantedBy = [ "multi-user.target" ];
        serviceConfig.ExecStart = "${cfg.grafana.package}/bin/grafana server";
      };
    })
    (lib.mkIf cfg.loki.enable {
      environment.etc."loki.json".source = json.generate "loki.json" cfg.loki.configuration;
      systemd.services.loki = {
        description = "Loki Service Daemon";
        wantedBy = [ "multi-user.target" ];
        serviceConfig.ExecStart = "${lib.getExe cfg.loki.package} -config.file=/etc/loki.json";
      };
      assertions = [
        {
          assertion = cfg.loki.configuration != { };
          message = "services.loki.configuration is empty.";
        }
      ];
    })
    (lib.mkIf cfg.promtail.enable {
      environment.etc."promtail.json".source = json.generate "promtail.json" cfg.promtail.configuration;
      systemd.services.promtail.serviceConfig.ExecStart =
        "${lib.getExe pkgs.promtail} -config.file=/etc/promtail.json";
    })
  ];
}
