# Services, timers and the other units that systemd looks after.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;

  value = types.nullOr (
    types.oneOf [
      types.bool
      types.int
      types.float
      types.str
      types.path
      types.package
    ]
  );
  sectionOption =
    description:
    mkOption {
      type = types.attrsOf (types.either value (types.listOf value) // { description = "systemd option"; });
      default = { };
      inherit description;
    };
  listOption =
    description:
    mkOption {
      type = types.listOf types.str;
      default = [ ];
      inherit description;
    };

  common = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether the unit is there.";
    };
    description = mkOption {
      type = types.singleLineStr;
      default = "";
      description = "What it is, in a few words.";
    };
    after = listOption "Units that start before it.";
    before = listOption "Units that start after it.";
    wants = listOption "Units that are started too.";
    requires = listOption "Units without which it can't start.";
    wantedBy = listOption "Units that start it.";
    unitConfig = sectionOption "The section [Unit].";
  };

  serviceOptions = common // {
    environment = mkOption {
      type = types.attrsOf (
        types.nullOr (
          types.oneOf [
            types.str
            types.path
            types.package
          ]
        )
      );
      default = { };
      description = "Variables that the service sees.";
    };
    path = mkOption {
      type = types.listOf (
        types.oneOf [
          types.package
          types.str
        ]
      );
      default = [ ];
      description = "Packages whose programs it finds.";
    };
    script = mkOption {
      type = types.lines;
      default = "";
      description = "What it does.";
    };
    preStart = mkOption {
      type = types.lines;
      default = "";
      description = "What is done before.";
    };
    restartIfChanged = mkOption {
      type = types.bool;
      default = true;
      description = "Whether a switch restarts it when it is a different one.";
    };
    restartTriggers = mkOption {
      type = types.listOf types.unspecified;
      default = [ ];
      description = "Values whose change counts as a change of the service.";
    };
    serviceConfig = sectionOption "The section [Service].";
    startAt = mkOption {
      type = types.coercedTo types.str lib.singleton (types.listOf types.str);
      default = [ ];
      example = "Sun 14:00:00";
      description = "When it is started, by a timer of the same name.";
    };
  };

  serviceModule =
    { name, config, ... }:
    {
      options = serviceOptions;
      config = {
        environment.PATH = lib.mkIf (config.path != [ ]) (
          lib.makeBinPath (lib.filter (p: !builtins.isString p) config.path)
        );
        serviceConfig.ExecStart = lib.mkIf (config.script != "") (
          lib.mkDefault (toString (pkgs.writeShellScript "unit-script-${name}-start" config.script))
        );
      };
    };
  timerModule = {
    options = common // {
      timerConfig = sectionOption "The section [Timer].";
    };
  };
  socketModule = {
    options = common // {
      listenStreams = listOption "Addresses and paths to listen on.";
      socketConfig = sectionOption "The section [Socket].";
    };
  };
  targetModule = {
    options = common;
  };
  units =
    what: module:
    mkOption {
      type = types.attrsOf (types.submodule module);
      default = { };
      description = "The ${what}, by name.";
    };
in
{
  options = {
    systemd = {
      package = mkOption {
        type = types.package;
        default = pkgs.systemd;
        defaultText = lib.literalExpression "pkgs.systemd";
        description = "The systemd package to use.";
      };
      services = units "services" serviceModule;
      timers = units "timers" timerModule;
      sockets = units "sockets" socketModule;
      targets = units "targets" targetModule;
      user = {
        services = units "services of each user" serviceModule;
        timers = units "timers of each user" timerModule;
      };
      tmpfiles.rules = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "d /tmp 1777 root root 10d" ];
        description = "Files and folders to make and to clean, see tmpfiles.d(5).";
      };
      extraConfig = mkOption {
        type = types.lines;
        default = "";
        description = "Lines for system.conf.";
      };
      oomd.enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether processes are ended before memory runs out.";
      };
      network.enable = lib.mkEnableOption "networking by systemd-networkd";
      sleep.extraConfig = mkOption {
        type = types.lines;
        default = "";
        description = "Lines for sleep.conf.";
      };
    };
  };

  config = {
    systemd.timers = lib.mapAttrs (_: s: {
      wantedBy = [ "timers.target" ];
      timerConfig.OnCalendar = s.startAt;
    }) (lib.filterAttrs (_: s: s.startAt != [ ]) config.systemd.services);

    environment.systemPackages = [ config.systemd.package ];
    environment.etc = lib.mapAttrs' (
      name: s:
      lib.nameValuePair "systemd/system/${name}.service" {
        text =
          let
            show = v: if v == true then "true" else if v == false then "false" else toString v;
            line = n: v: lib.concatMapStrings (x: "${n}=${show x}\n") (lib.toList v);
          in
          lib.concatStrings (
            [ "[Unit]\n" ]
            ++ lib.optional (s.description != "") "Description=${s.description}\n"
            ++ lib.optional (s.after != [ ]) "After=${toString s.after}\n"
            ++ [ "[Service]\n" ]
            ++ lib.mapAttrsToList (n: v: "Environment=${n}=${toString v}\n") s.environment
            ++ lib.mapAttrsToList line s.serviceConfig
          );
      }
    ) (lib.filterAttrs (_: s: s.enable) config.systemd.services);
  };
}
