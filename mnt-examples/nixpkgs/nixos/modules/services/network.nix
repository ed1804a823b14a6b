# Services for and over the network.
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
in
{
  options.services = {
    fail2ban = {
      enable = lib.mkEnableOption "fail2ban";
      package = lib.mkPackageOption pkgs "fail2ban" { };
      bantime = mkOption {
        type = types.nullOr types.str;
        default = "10m";
        description = "For how long an address is banned.";
      };
      maxretry = mkOption {
        type = types.ints.unsigned;
        default = 3;
        description = "After how many failures.";
      };
      ignoreIP = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "192.168.0.0/16" ];
        description = "Addresses that never are.";
      };
      bantime-increment = {
        enable = toggle "Whether it is longer each time.";
        maxtime = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "The longest.";
        };
      };
      jails = mkOption {
        type = types.attrsOf (
          types.submodule (
            { name, ... }:
            {
              options = {
                enabled = mkOption {
                  type = types.bool;
                  default = true;
                  description = "Whether this service is watched.";
                };
                filter = mkOption {
                  type = types.nullOr (types.either types.str (types.attrsOf types.anything));
                  default = null;
                  description = "What a failure looks like.";
                };
                settings = mkOption {
                  type = types.attrsOf types.anything;
                  default = { };
                  description = "More settings.";
                };
              };
            }
          )
        );
        default = { };
        description = "Services to watch.";
      };
    };
    tailscale = {
      enable = lib.mkEnableOption "Tailscale";
      port = mkOption {
        type = types.port;
        default = 41641;
        description = "The port it listens on.";
      };
      openFirewall = toggle "Whether the port is opened in the firewall.";
      useRoutingFeatures = mkOption {
        type = types.enum [
          "none"
          "client"
          "server"
          "both"
        ];
        default = "none";
        description = "Whether packets of others go through this machine, or the other way round.";
      };
      authKeyFile = mkOption {
        type = types.nullOr types.path;
        default = null;
        description = "A file with the key that lets it join.";
      };
      extraUpFlags = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "More flags for joining.";
      };
    };
    avahi = {
      enable = toggle "Whether names in .local are found.";
      nssmdns4 = toggle "Whether programs find them too.";
      openFirewall = mkOption {
        type = types.bool;
        default = true;
        description = "Whether its port is opened in the firewall.";
      };
      publish = {
        enable = toggle "Whether this machine tells its own name.";
        addresses = toggle "Whether it tells its addresses.";
      };
    };
    resolved = {
      enable = lib.mkEnableOption "systemd-resolved, which looks up names";
      dnssec = mkOption {
        type = types.enum [
          "true"
          "allow-downgrade"
          "false"
        ];
        default = "false";
        description = "Whether answers must be signed.";
      };
      fallbackDns = mkOption {
        type = types.nullOr (types.listOf types.str);
        default = null;
        description = "Name servers if there are no others.";
      };
    };
    timesyncd.enable = mkOption {
      type = types.bool;
      default = !config.boot.isContainer;
      defaultText = lib.literalExpression "!config.boot.isContainer";
      description = "Whether the clock is set over the network.";
    };
    chrony.enable = toggle "Whether chrony sets the clock.";
    adguardhome = {
      enable = lib.mkEnableOption "AdGuard Home, which blocks advertisements";
      port = mkOption {
        type = types.port;
        default = 3000;
        description = "The port of its pages.";
      };
    };
    caddy = {
      enable = lib.mkEnableOption "Caddy web server";
      virtualHosts = mkOption {
        type = types.attrsOf (
          types.submodule {
            options.extraConfig = mkOption {
              type = types.lines;
              default = "";
              description = "What it does.";
            };
          }
        );
        default = { };
        description = "The sites.";
      };
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.fail2ban.enable {
      warnings = lib.optional (
        !config.networking.firewall.enable && !config.networking.nftables.enable
      ) "fail2ban bans nobody without a firewall.";
      environment.systemPackages = [ cfg.fail2ban.package ];
      services.fail2ban.jails = lib.mkIf cfg.openssh.enable {
        sshd.settings.port = lib.mkDefault (lib.concatMapStringsSep "," toString cfg.openssh.ports);
      };
      environment.etc."fail2ban/jail.local".text = lib.generators.toINI { } (
        {
          DEFAULT = {
            inherit (cfg.fail2ban) bantime maxretry;
            ignoreip = toString ([ "127.0.0.1/8" ] ++ cfg.fail2ban.ignoreIP);
          };
        }
        // lib.mapAttrs (_: j: { enabled = j.enabled; } // j.settings) cfg.fail2ban.jails
      );
      systemd.services.fail2ban = {
        description = "Bans addresses";
        wantedBy = [ "multi-user.target" ];
        serviceConfig.ExecStart = "${cfg.fail2ban.package}/bin/fail2ban-server -xf start";
      };
    })
    (lib.mkIf cfg.tailscale.enable {
      environment.systemPackages = [ pkgs.tailscale ];
      networking.firewall.allowedUDPPorts = lib.mkIf cfg.tailscale.openFirewall [ cfg.tailscale.port ];
      networking.firewall.checkReversePath = lib.mkIf (
        cfg.tailscale.useRoutingFeatures == "client" || cfg.tailscale.useRoutingFeatures == "both"
      ) "loose";
      boot.kernel.sysctl = lib.mkIf (
        cfg.tailscale.useRoutingFeatures == "server" || cfg.tailscale.useRoutingFeatures == "both"
      ) { "net.ipv4.conf.all.forwarding" = lib.mkOverride 97 true; };
      systemd.services.tailscaled = {
        description = "Tailscale";
        wantedBy = [ "multi-user.target" ];
        serviceConfig.ExecStart = "${pkgs.tailscale}/bin/tailscaled --port=${toString cfg.tailscale.port}";
      };
    })
    (lib.mkIf cfg.avahi.enable {
      networking.firewall.allowedUDPPorts = lib.mkIf cfg.avahi.openFirewall [ 5353 ];
    })
    (lib.mkIf cfg.caddy.enable {
      networking.firewall.allowedTCPPorts = [
        80
        443
      ];
    })
    (lib.mkIf cfg.resolved.enable {
      assertions = [
        {
          assertion =
            config.networking.networkmanager.enable -> config.networking.networkmanager.dns != "none";
          message = "services.resolved is enabled, but NetworkManager is told to leave names alone.";
        }
      ];
    })
  ];
}
