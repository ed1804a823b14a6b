# Names, addresses and routes.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.networking;

  addresses =
    bits:
    mkOption {
      type = types.listOf (
        types.submodule {
          options = {
            address = mkOption {
              type = types.str;
              description = "The address.";
            };
            prefixLength = mkOption {
              type = types.addCheck types.int (n: n >= 0 && n <= bits);
              description = "How many of its bits are the network's.";
            };
          };
        }
      );
      default = [ ];
      description = "Fixed addresses.";
    };

  interfaceModule =
    { name, ... }:
    {
      options = {
        name = mkOption {
          type = types.str;
          default = name;
          example = "eth0";
          description = "The interface's name.";
        };
        useDHCP = mkOption {
          type = types.nullOr types.bool;
          default = null;
          description = "Whether it gets an address by DHCP; null is what networking.useDHCP says.";
        };
        ipv4.addresses = addresses 32;
        ipv6.addresses = addresses 128;
        macAddress = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Another hardware address.";
        };
        mtu = mkOption {
          type = types.nullOr types.int;
          default = null;
          description = "The largest packet.";
        };
        wakeOnLan.enable = lib.mkEnableOption "waking the machine by a packet";
      };
    };

  gateway = mkOption {
    type = types.nullOr (
      types.coercedTo types.str (address: { inherit address; }) (
        types.submodule {
          options = {
            address = mkOption {
              type = types.str;
              description = "Its address.";
            };
            interface = mkOption {
              type = types.nullOr types.str;
              default = null;
              description = "The interface it is reached by.";
            };
            metric = mkOption {
              type = types.nullOr types.int;
              default = null;
              description = "How far it is.";
            };
          };
        }
      )
    );
    default = null;
    example = "131.211.84.1";
    description = "Where packets go that nobody else takes.";
  };
in
{
  options.networking = {
    hostName = mkOption {
      type = types.strMatching "^$|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?$";
      default = "nixos";
      description = "The machine's name, without a domain; empty takes it from DHCP.";
    };
    domain = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "home.arpa";
      description = "The machine's domain.";
    };
    fqdn = mkOption {
      type = types.str;
      readOnly = true;
      default =
        if cfg.hostName != "" && cfg.domain != null then
          "${cfg.hostName}.${cfg.domain}"
        else
          throw "The full name isn't known: networking.hostName and networking.domain must both be set.";
      defaultText = lib.literalExpression ''"''${networking.hostName}.''${networking.domain}"'';
      description = "The full name.";
    };
    fqdnOrHostName = mkOption {
      type = types.str;
      readOnly = true;
      default = if cfg.domain == null then cfg.hostName else cfg.fqdn;
      defaultText = lib.literalMD "the full name if there is one";
      description = "The full name if there is one, else the short one.";
    };
    hostId = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "4e98920d";
      description = "Eight hexadecimal digits that no other machine has (ZFS wants them).";
    };
    useDHCP = mkOption {
      type = types.bool;
      default = true;
      description = "Whether interfaces get addresses by DHCP.";
    };
    useNetworkd = mkOption {
      type = types.bool;
      default = false;
      description = "Whether systemd-networkd does it all.";
    };
    enableIPv6 = mkOption {
      type = types.bool;
      default = true;
      description = "Whether there is IPv6.";
    };
    interfaces = mkOption {
      type = types.attrsOf (types.submodule interfaceModule);
      default = { };
      example = lib.literalExpression ''
        { eth0.ipv4.addresses = [ { address = "131.211.84.78"; prefixLength = 25; } ]; }
      '';
      description = "The network interfaces.";
    };
    defaultGateway = gateway;
    defaultGateway6 = gateway;
    nameservers = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "130.161.158.4" ];
      description = "Addresses of name servers.";
    };
    search = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Domains to try for short names.";
    };
    timeServers = mkOption {
      type = types.listOf types.str;
      default = map (n: "${toString n}.nixos.pool.ntp.org") [
        0
        1
        2
        3
      ];
      description = "Where the time comes from.";
    };
    hosts = mkOption {
      type = types.attrsOf (types.listOf types.str);
      default = { };
      example = {
        "192.168.0.2" = [ "fileserver.local" ];
      };
      description = "Names for addresses.";
    };
    extraHosts = mkOption {
      type = types.lines;
      default = "";
      description = "Lines for /etc/hosts.";
    };
    nat = {
      enable = mkOption {
        type = types.bool;
        default = false;
        description = "Whether other machines reach the network through this one.";
      };
      externalInterface = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "The interface to the outside.";
      };
      internalInterfaces = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "The interfaces of those machines.";
      };
    };
    bridges = mkOption {
      type = types.attrsOf (
        types.submodule {
          options.interfaces = mkOption {
            type = types.listOf types.str;
            description = "The interfaces it joins.";
          };
        }
      );
      default = { };
      description = "Bridges between interfaces.";
    };
    wireguard = {
      enable = lib.mkEnableOption "WireGuard tunnels";
      interfaces = mkOption {
        type = types.attrsOf (
          types.submodule {
            options = {
              ips = mkOption {
                type = types.listOf types.str;
                default = [ ];
                description = "Addresses of this end.";
              };
              listenPort = mkOption {
                type = types.nullOr types.port;
                default = null;
                description = "The port to listen on.";
              };
              privateKeyFile = mkOption {
                type = types.nullOr types.str;
                default = null;
                description = "A file with the private key.";
              };
            };
          }
        );
        default = { };
        description = "The tunnels.";
      };
    };
  };

  config = {
    environment.etc.hosts.text =
      lib.concatStrings (
        lib.mapAttrsToList (ip: names: "${ip} ${toString names}\n") (
          lib.filterAttrs (_: names: names != [ ]) cfg.hosts
        )
      )
      + cfg.extraHosts;
    networking.hosts = {
      "127.0.0.1" = lib.mkBefore [ "localhost" ];
      "::1" = lib.mkIf cfg.enableIPv6 (lib.mkBefore [ "localhost" ]);
      "127.0.0.2" = lib.optional (cfg.hostName != "") cfg.hostName;
    };
    boot.kernel.sysctl = {
      "net.ipv6.conf.all.disable_ipv6" = lib.mkDefault (!cfg.enableIPv6);
      "net.ipv4.conf.all.forwarding" = lib.mkIf cfg.nat.enable (lib.mkOverride 99 true);
    };
    assertions = [
      {
        assertion = cfg.hostId == null || builtins.match "[0-9a-fA-F]{8}" cfg.hostId != null;
        message = "networking.hostId isn't eight hexadecimal digits: \"${toString cfg.hostId}\".";
      }
      {
        assertion = !cfg.nat.enable || cfg.nat.externalInterface != null;
        message = "networking.nat needs networking.nat.externalInterface.";
      }
    ];
  };
}
