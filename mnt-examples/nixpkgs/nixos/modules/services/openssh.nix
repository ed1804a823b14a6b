# Remote login.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.openssh;
  show =
    v:
    if v == true then
      "yes"
    else if v == false then
      "no"
    else if builtins.isList v then
      lib.concatStringsSep "," v
    else
      toString v;
in
{
  options.services.openssh = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to enable the OpenSSH server, for logins from other machines.";
    };
    package = lib.mkPackageOption pkgs "openssh" { };
    startWhenNeeded = mkOption {
      type = types.bool;
      default = false;
      description = "Whether it starts with the first connection.";
    };
    ports = mkOption {
      type = types.listOf types.port;
      default = [ 22 ];
      description = "The ports it listens on.";
    };
    openFirewall = mkOption {
      type = types.bool;
      default = true;
      description = "Whether these are opened in the firewall.";
    };
    listenAddresses = mkOption {
      type = types.listOf (
        types.submodule {
          options = {
            addr = mkOption {
              type = types.nullOr types.str;
              default = null;
              description = "The address.";
            };
            port = mkOption {
              type = types.nullOr types.int;
              default = null;
              description = "The port, if it is another.";
            };
          };
        }
      );
      default = [ ];
      description = "The addresses it listens on; all if there are none.";
    };
    hostKeys = mkOption {
      type = types.listOf types.attrs;
      default = [
        {
          type = "rsa";
          bits = 4096;
          path = "/etc/ssh/ssh_host_rsa_key";
        }
        {
          type = "ed25519";
          path = "/etc/ssh/ssh_host_ed25519_key";
        }
      ];
      description = "The machine's keys; they are made if they aren't there.";
    };
    authorizedKeysFiles = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Where users' public keys are.";
    };
    allowSFTP = mkOption {
      type = types.bool;
      default = true;
      description = "Whether files can be copied.";
    };
    banner = mkOption {
      type = types.nullOr types.lines;
      default = null;
      description = "What is shown before a login.";
    };
    extraConfig = mkOption {
      type = types.lines;
      default = "";
      description = "Lines for sshd_config.";
    };
    settings = mkOption {
      default = { };
      example = {
        UseDns = true;
        PasswordAuthentication = false;
      };
      description = "The contents of sshd_config.";
      type = types.submodule {
        freeformType = types.attrsOf (
          types.nullOr (
            types.oneOf [
              types.bool
              types.int
              types.str
              types.path
            ]
          )
        );
        options = {
          PermitRootLogin = mkOption {
            type = types.nullOr (
              types.enum [
                "yes"
                "without-password"
                "prohibit-password"
                "forced-commands-only"
                "no"
              ]
            );
            default = "prohibit-password";
            description = "Whether root can log in.";
          };
          PasswordAuthentication = mkOption {
            type = types.nullOr types.bool;
            default = true;
            description = "Whether a password is enough.";
          };
          KbdInteractiveAuthentication = mkOption {
            type = types.nullOr types.bool;
            default = true;
            description = "Whether questions are asked.";
          };
          X11Forwarding = mkOption {
            type = types.nullOr types.bool;
            default = false;
            description = "Whether programs there can open windows here.";
          };
          UseDns = mkOption {
            type = types.nullOr types.bool;
            default = false;
            description = "Whether the names of clients are looked up.";
          };
          LogLevel = mkOption {
            type = types.nullOr (
              types.enum [
                "QUIET"
                "FATAL"
                "ERROR"
                "INFO"
                "VERBOSE"
                "DEBUG"
              ]
            );
            default = "INFO";
            description = "How much is logged.";
          };
          AllowUsers = mkOption {
            type = types.nullOr (types.listOf types.str);
            default = null;
            description = "The only users that can log in.";
          };
          MaxAuthTries = mkOption {
            type = types.nullOr types.ints.positive;
            default = null;
            description = "How often one may try.";
          };
        };
      };
    };
  };

  config = lib.mkIf cfg.enable {
    users.users.sshd = {
      isSystemUser = true;
      group = "sshd";
      description = "Runs the part of sshd that needs no rights";
    };
    users.groups.sshd = { };
    networking.firewall.allowedTCPPorts = lib.optionals cfg.openFirewall cfg.ports;
    services.openssh.authorizedKeysFiles = [
      "%h/.ssh/authorized_keys"
      "/etc/ssh/authorized_keys.d/%u"
    ];
    environment.etc = {
      "ssh/sshd_config".text =
        lib.concatMapStrings (p: "Port ${toString p}\n") cfg.ports
        + lib.concatStrings (
          lib.mapAttrsToList (n: v: "${n} ${show v}\n") (lib.filterAttrs (_: v: v != null) cfg.settings)
        )
        + cfg.extraConfig;
    }
    // lib.mapAttrs' (
      _: user:
      lib.nameValuePair "ssh/authorized_keys.d/${user.name}" {
        mode = "0444";
        text = lib.concatMapStrings (k: k + "\n") user.openssh.authorizedKeys.keys;
      }
    ) (lib.filterAttrs (_: u: u.openssh.authorizedKeys.keys != [ ]) config.users.users);
    systemd.services.sshd = {
      description = "SSH Daemon";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      serviceConfig = {
        ExecStart = "${cfg.package}/bin/sshd -D -f /etc/ssh/sshd_config";
        Restart = "always";
        KillMode = "process";
      };
    };
    assertions = [
      {
        assertion = cfg.ports != [ ];
        message = "services.openssh.ports is empty.";
      }
    ];
  };
}
