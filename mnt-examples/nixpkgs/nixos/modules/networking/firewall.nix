# Which connections from outside are let in.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.networking.firewall;

  portList =
    description:
    mkOption {
      type = types.listOf types.port;
      default = [ ];
      example = [
        22
        80
      ];
      # In order, each once.
      apply = ports: lib.unique (lib.sort (a: b: a < b) ports);
      inherit description;
    };
  rangeList =
    description:
    mkOption {
      type = types.listOf (types.attrsOf types.port);
      default = [ ];
      example = [
        {
          from = 8999;
          to = 9003;
        }
      ];
      inherit description;
    };
  ports = {
    allowedTCPPorts = portList "TCP ports that are open.";
    allowedUDPPorts = portList "UDP ports that are open.";
    allowedTCPPortRanges = rangeList "Ranges of open TCP ports.";
    allowedUDPPortRanges = rangeList "Ranges of open UDP ports.";
  };
in
{
  options.networking.firewall = ports // {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether there is a firewall.";
    };
    allowPing = mkOption {
      type = types.bool;
      default = true;
      description = "Whether pings are answered.";
    };
    logRefusedConnections = mkOption {
      type = types.bool;
      default = true;
      description = "Whether refused connections are logged.";
    };
    rejectPackets = mkOption {
      type = types.bool;
      default = false;
      description = "Whether refused connections are told so.";
    };
    trustedInterfaces = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "enp0s2" ];
      description = "Interfaces from which everything is let in.";
    };
    checkReversePath = mkOption {
      type = types.either types.bool (
        types.enum [
          "strict"
          "loose"
        ]
      );
      default = true;
      description = "Whether packets must come from where answers would go.";
    };
    interfaces = mkOption {
      type = types.attrsOf (types.submodule { options = ports; });
      default = { };
      description = "Ports that are open on one interface only.";
    };
    extraCommands = mkOption {
      type = types.lines;
      default = "";
      description = "More commands when it starts.";
    };
  };
  options.networking.nftables.enable = mkOption {
    type = types.bool;
    default = false;
    description = "Whether to enable nftables instead of iptables.";
  };

  config = lib.mkIf cfg.enable {
    networking.firewall.trustedInterfaces = [ "lo" ];
    boot.kernelModules = [ "nf_conntrack" ];
    systemd.services.firewall = {
      description = "Firewall";
      wantedBy = [ "sysinit.target" ];
      script =
        lib.concatMapStrings (p: "open tcp ${toString p}\n") cfg.allowedTCPPorts
        + lib.concatMapStrings (p: "open udp ${toString p}\n") cfg.allowedUDPPorts
        + cfg.extraCommands;
    };
  };
}
