# The web server.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.nginx;
  toggle =
    description:
    mkOption {
      type = types.bool;
      default = false;
      inherit description;
    };
  lines =
    description:
    mkOption {
      type = types.lines;
      default = "";
      inherit description;
    };

  locationModule = {
    options = {
      proxyPass = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "http://www.example.org/";
        description = "Who answers instead.";
      };
      proxyWebsockets = toggle "Whether web sockets are passed on too.";
      root = mkOption {
        type = types.nullOr types.path;
        default = null;
        description = "The folder with the files.";
      };
      index = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "The file for a folder.";
      };
      tryFiles = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "$uri =404";
        description = "Files to look for, in this order.";
      };
      return = mkOption {
        type = types.nullOr (
          types.oneOf [
            types.str
            types.int
          ]
        );
        default = null;
        example = "301 https://example.org$request_uri";
        description = "The answer itself.";
      };
      basicAuthFile = mkOption {
        type = types.nullOr types.path;
        default = null;
        description = "Who may see it.";
      };
      extraConfig = lines "More lines.";
      priority = mkOption {
        type = types.int;
        default = 1000;
        description = "Those with a lower number come first.";
      };
    };
  };

  hostModule =
    { name, ... }:
    {
      options = {
        serverName = mkOption {
          type = types.nullOr types.str;
          default = name;
          description = "The site's name.";
        };
        serverAliases = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Its other names.";
        };
        default = toggle "Whether it answers for names that no site has.";
        listen = mkOption {
          type = types.listOf (
            types.submodule {
              options = {
                addr = mkOption {
                  type = types.str;
                  description = "The address.";
                };
                port = mkOption {
                  type = types.nullOr types.port;
                  default = null;
                  description = "The port.";
                };
                ssl = toggle "Whether it speaks TLS.";
              };
            }
          );
          default = [ ];
          description = "Where it listens.";
        };
        enableACME = toggle "Whether its certificate comes from Let's Encrypt.";
        useACMEHost = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Another site whose certificate it uses.";
        };
        forceSSL = toggle "Whether plain requests are sent to https.";
        addSSL = toggle "Whether it answers by https too.";
        sslCertificate = mkOption {
          type = types.nullOr types.path;
          default = null;
          description = "Its certificate.";
        };
        root = mkOption {
          type = types.nullOr types.path;
          default = null;
          description = "The folder with its files.";
        };
        locations = mkOption {
          type = types.attrsOf (types.submodule locationModule);
          default = { };
          example = lib.literalExpression ''{ "/" = { proxyPass = "http://localhost:3000"; }; }'';
          description = "What is found where.";
        };
        extraConfig = lines "More lines.";
      };
    };

  location =
    name: l:
    "location ${name} {\n"
    + lib.optionalString (l.proxyPass != null) "  proxy_pass ${l.proxyPass};\n"
    + lib.optionalString (l.root != null) "  root ${toString l.root};\n"
    + "${l.extraConfig}}\n";
  host = _: h: ''
    server {
      server_name ${toString ([ h.serverName ] ++ h.serverAliases)};
    ${lib.concatStrings (lib.mapAttrsToList location h.locations)}${h.extraConfig}}
  '';
in
{
  options.services.nginx = {
    enable = lib.mkEnableOption "nginx";
    package = lib.mkPackageOption pkgs "nginx" { };
    user = mkOption {
      type = types.str;
      default = "nginx";
      description = "The user it runs as.";
    };
    group = mkOption {
      type = types.str;
      default = "nginx";
      description = "The group it runs as.";
    };
    recommendedGzipSettings = toggle "Whether answers are compressed as recommended.";
    recommendedOptimisation = toggle "Whether it is tuned as recommended.";
    recommendedProxySettings = toggle "Whether requests are passed on as recommended.";
    recommendedTlsSettings = toggle "Whether TLS is set as recommended.";
    clientMaxBodySize = mkOption {
      type = types.str;
      default = "10m";
      description = "The largest request.";
    };
    defaultHTTPListenPort = mkOption {
      type = types.port;
      default = 80;
      description = "The port for http.";
    };
    defaultSSLListenPort = mkOption {
      type = types.port;
      default = 443;
      description = "The port for https.";
    };
    statusPage = toggle "Whether there is a page with its status, for this machine only.";
    appendConfig = lines "Lines at the end of nginx.conf.";
    appendHttpConfig = lines "Lines at the end of its http part.";
    upstreams = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = {
            servers = mkOption {
              type = types.attrsOf (types.submodule { freeformType = types.attrsOf types.anything; });
              default = { };
              description = "The servers.";
            };
            extraConfig = lines "More lines.";
          };
        }
      );
      default = { };
      description = "Groups of servers that answer instead.";
    };
    virtualHosts = mkOption {
      type = types.attrsOf (types.submodule hostModule);
      default = {
        localhost = { };
      };
      description = "The sites, by name.";
    };
  };

  config = lib.mkIf cfg.enable {
    users.users = lib.optionalAttrs (cfg.user == "nginx") {
      nginx = {
        inherit (cfg) group;
        isSystemUser = true;
        uid = 60;
      };
    };
    users.groups = lib.optionalAttrs (cfg.group == "nginx") { nginx.gid = 60; };
    environment.etc."nginx/nginx.conf".text =
      lib.optionalString cfg.recommendedGzipSettings "gzip on;\n"
      + lib.concatStrings (lib.mapAttrsToList host cfg.virtualHosts)
      + cfg.appendHttpConfig
      + cfg.appendConfig;
    security.acme.certs = lib.mapAttrs' (
      _: h: lib.nameValuePair h.serverName { extraDomainNames = h.serverAliases; }
    ) (lib.filterAttrs (_: h: h.enableACME) cfg.virtualHosts);
    systemd.services.nginx = {
      description = "nginx";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      serviceConfig = {
        ExecStart = "${cfg.package}/bin/nginx -c /etc/nginx/nginx.conf";
        User = cfg.user;
        Group = cfg.group;
        Restart = "always";
      };
    };
    assertions = lib.mapAttrsToList (name: h: {
      assertion = lib.count (b: b) [ h.forceSSL h.addSSL ] <= 1;
      message = "services.nginx.virtualHosts.${name}: only one of addSSL and forceSSL can be set.";
    }) cfg.virtualHosts;
  };
}
