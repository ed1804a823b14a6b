# PostgreSQL and Redis.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  pg = config.services.postgresql;
  redis = config.services.redis;
  setting = types.oneOf [
    types.bool
    types.float
    types.int
    types.str
  ];
in
{
  options.services.postgresql = {
    enable = lib.mkEnableOption "PostgreSQL";
    package = mkOption {
      type = types.package;
      # The data are in the format of one version, so an upgrade doesn't change it.
      default =
        if lib.versionAtLeast config.system.stateVersion "25.11" then
          pkgs.postgresql_17
        else if lib.versionAtLeast config.system.stateVersion "24.11" then
          pkgs.postgresql_16
        else
          pkgs.postgresql_15;
      defaultText = lib.literalMD "by `system.stateVersion`";
      example = lib.literalExpression "pkgs.postgresql_15";
      description = "The postgresql package to use.";
    };
    dataDir = mkOption {
      type = types.path;
      default = "/var/lib/postgresql/${pg.package.version}";
      defaultText = lib.literalExpression ''"/var/lib/postgresql/''${config.services.postgresql.package.version}"'';
      description = "Where the data are.";
    };
    enableTCPIP = mkOption {
      type = types.bool;
      default = false;
      description = "Whether it listens on all addresses.";
    };
    authentication = mkOption {
      type = types.lines;
      default = "";
      description = "Who may connect: lines for pg_hba.conf.";
    };
    ensureDatabases = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "gitea" ];
      description = "Databases that are made if they aren't there.";
    };
    ensureUsers = mkOption {
      type = types.listOf (
        types.submodule {
          options = {
            name = mkOption {
              type = types.str;
              description = "The user's name.";
            };
            ensureDBOwnership = mkOption {
              type = types.bool;
              default = false;
              description = "Whether the database of this name is the user's.";
            };
          };
        }
      );
      default = [ ];
      description = "Users that are made if they aren't there.";
    };
    settings = mkOption {
      type = types.submodule {
        freeformType = types.attrsOf setting;
        options = {
          port = mkOption {
            type = types.port;
            default = 5432;
            description = "The port it listens on.";
          };
          shared_preload_libraries = mkOption {
            type = types.nullOr (
              types.coercedTo (types.listOf types.str) (lib.concatStringsSep ",") types.commas
            );
            default = null;
            description = "Libraries to load at the start.";
          };
        };
      };
      default = { };
      example = {
        log_connections = true;
        max_connections = 200;
      };
      description = "The contents of postgresql.conf.";
    };
  };

  options.services.postgresqlBackup = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether databases are dumped regularly.";
    };
    databases = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Which.";
    };
    location = mkOption {
      type = types.path;
      default = "/var/backup/postgresql";
      description = "Where to.";
    };
    startAt = mkOption {
      type = types.either (types.listOf types.str) types.str;
      default = "*-*-* 01:15:00";
      description = "When.";
    };
  };

  options.services.redis = {
    package = lib.mkPackageOption pkgs "redis" { };
    vmOverCommit = mkOption {
      type = types.bool;
      default = redis.servers != { };
      defaultText = lib.literalMD "if there is a server";
      description = "Whether the kernel may promise more memory than there is.";
    };
    servers = mkOption {
      type = types.attrsOf (
        types.submodule (
          { name, ... }:
          {
            options = {
              enable = lib.mkEnableOption "this Redis server";
              user = mkOption {
                type = types.str;
                default = if name == "" then "redis" else "redis-${name}";
                description = "The user it runs as.";
              };
              port = mkOption {
                type = types.port;
                default = if name == "" then 6379 else 0;
                description = "The port it listens on; 0 is none.";
              };
              bind = mkOption {
                type = types.nullOr types.str;
                default = "127.0.0.1";
                description = "The address it listens on.";
              };
              openFirewall = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the port is opened in the firewall.";
              };
              requirePassFile = mkOption {
                type = types.nullOr types.path;
                default = null;
                description = "A file with the password.";
              };
              settings = mkOption {
                type = types.attrsOf (types.either setting (types.listOf setting));
                default = { };
                description = "The contents of redis.conf.";
              };
            };
          }
        )
      );
      default = { };
      description = "The servers, by name.";
    };
  };

  config = lib.mkMerge [
    (lib.mkIf pg.enable {
      services.postgresql.settings.listen_addresses = lib.mkDefault (
        if pg.enableTCPIP then "*" else "localhost"
      );
      services.postgresql.authentication = lib.mkAfter ''
        local all all peer
        host all all 127.0.0.1/32 md5
      '';
      users.users.postgres = {
        uid = 71;
        isSystemUser = true;
        group = "postgres";
        home = pg.dataDir;
      };
      users.groups.postgres.gid = 71;
      environment.systemPackages = [ pg.package ];
      systemd.services.postgresql = {
        description = "PostgreSQL";
        wantedBy = [ "multi-user.target" ];
        serviceConfig = {
          ExecStart = "${pg.package}/bin/postgres -D ${pg.dataDir}";
          User = "postgres";
        };
      };
      assertions = map (u: {
        assertion = u.ensureDBOwnership -> lib.elem u.name pg.ensureDatabases;
        message = "services.postgresql.ensureUsers: ${u.name} shall own a database that services.postgresql.ensureDatabases doesn't have.";
      }) pg.ensureUsers;
    })
    (
      let
        enabled = lib.filterAttrs (_: s: s.enable) redis.servers;
        unit = name: if name == "" then "redis" else "redis-${name}";
      in
      lib.mkIf (enabled != { }) {
        boot.kernel.sysctl."vm.overcommit_memory" = lib.mkIf redis.vmOverCommit "1";
        networking.firewall.allowedTCPPorts = lib.concatMap (
          s: lib.optional (s.openFirewall && s.port != 0) s.port
        ) (lib.attrValues enabled);
        users.users = lib.mapAttrs' (
          _: s:
          lib.nameValuePair s.user {
            isSystemUser = true;
            group = s.user;
          }
        ) enabled;
        users.groups = lib.mapAttrs' (_: s: lib.nameValuePair s.user { }) enabled;
        systemd.services = lib.mapAttrs' (
          name: s:
          lib.nameValuePair (unit name) {
            description = "Redis Server - ${unit name}";
            wantedBy = [ "multi-user.target" ];
            serviceConfig.ExecStart = "${redis.package}/bin/redis-server --port ${toString s.port}";
          }
        ) enabled;
      }
    )
    {
      systemd.services.postgresqlBackup = lib.mkIf config.services.postgresqlBackup.enable {
        description = "Backup of PostgreSQL";
        startAt = config.services.postgresqlBackup.startAt;
        script = lib.concatMapStrings (
          db: "pg_dump ${db} > ${config.services.postgresqlBackup.location}/${db}.sql\n"
        ) config.services.postgresqlBackup.databases;
      };
    }
  ];
}
