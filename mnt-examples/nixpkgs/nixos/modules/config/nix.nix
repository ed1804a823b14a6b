# Nix itself on the machine.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.nix;

  # nix.conf has no types of its own: a list is written with spaces between.
  atom = types.nullOr (
    types.oneOf [
      types.bool
      types.int
      types.float
      types.str
      types.path
      types.package
    ]
  );
  confAtom = atom // {
    description = "single value of nix.conf";
  };
  show =
    v:
    if v == null then
      ""
    else if builtins.isBool v then
      lib.boolToString v
    else if builtins.isList v then
      lib.concatMapStringsSep " " show v
    else
      toString v;
  confText = lib.concatStrings (
    lib.mapAttrsToList (name: value: "${name} = ${show value}\n") (
      lib.filterAttrs (_: v: v != null) cfg.settings
    )
  );

  settingsModule = {
    freeformType = types.attrsOf (types.either confAtom (types.listOf confAtom));
    options = {
      max-jobs = mkOption {
        type = types.either types.int (types.enum [ "auto" ]);
        default = "auto";
        example = 64;
        description = "How many builds run at the same time; \"auto\" is one per processor.";
      };
      cores = mkOption {
        type = types.int;
        default = 0;
        example = 64;
        description = "How many processors one build may use; 0 is all of them.";
      };
      auto-optimise-store = mkOption {
        type = types.bool;
        default = false;
        description = "Whether equal files in the store are kept once.";
      };
      sandbox = mkOption {
        type = types.either types.bool (types.enum [ "relaxed" ]);
        default = true;
        description = "Whether builds see nothing but what they depend on.";
      };
      substituters = mkOption {
        type = types.listOf types.str;
        description = "Binary caches to fetch finished builds from.";
      };
      trusted-substituters = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Binary caches that any user may ask for.";
      };
      trusted-public-keys = mkOption {
        type = types.listOf types.str;
        description = "Keys whose signatures on finished builds are trusted.";
      };
      trusted-users = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [
          "root"
          "alice"
          "@wheel"
        ];
        description = "Users (and groups, with a @) that may change Nix' settings and import builds.";
      };
      allowed-users = mkOption {
        type = types.listOf types.str;
        default = [ "*" ];
        description = "Users that may use Nix at all.";
      };
      system-features = mkOption {
        type = types.listOf types.str;
        default = [
          "nixos-test"
          "benchmark"
          "big-parallel"
          "kvm"
        ];
        description = "What this machine can do for builds that ask for it.";
      };
      require-sigs = mkOption {
        type = types.bool;
        default = true;
        description = "Whether fetched builds must be signed.";
      };
    };
  };

  registryModule =
    { name, config, ... }:
    {
      options = {
        from = mkOption {
          type = types.attrsOf types.str;
          default = {
            type = "indirect";
            id = name;
          };
          description = "The flake reference to replace.";
        };
        to = mkOption {
          type = types.attrsOf types.anything;
          description = "The flake reference to put in its place.";
        };
        flake = mkOption {
          type = types.nullOr types.attrs;
          default = null;
          description = "A flake to put in its place.";
        };
        exact = mkOption {
          type = types.bool;
          default = true;
          description = "Whether a reference with a branch or revision of its own is left alone.";
        };
      };
      config.to = lib.mkIf (config.flake != null) (
        lib.mkDefault {
          type = "path";
          path = config.flake.outPath;
        }
      );
    };
in
{
  options.nix = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether to enable Nix.";
    };
    package = mkOption {
      type = types.package;
      default = pkgs.nix;
      defaultText = lib.literalExpression "pkgs.nix";
      description = "The Nix package to use.";
    };
    settings = mkOption {
      type = types.submodule settingsModule;
      default = { };
      example = lib.literalExpression "{ sandbox = true; max-jobs = 4; }";
      description = "The contents of nix.conf. Any setting of Nix can be given.";
    };
    extraOptions = mkOption {
      type = types.lines;
      default = "";
      example = ''
        keep-outputs = true
        keep-derivations = true
      '';
      description = "More lines for nix.conf.";
    };
    nixPath = mkOption {
      type = types.listOf types.str;
      default = lib.optional (config.nixpkgs.flake.source != null) "nixpkgs=flake:nixpkgs";
      description = "Where `<name>` is looked up.";
    };
    registry = mkOption {
      type = types.attrsOf (types.submodule registryModule);
      default = { };
      description = "Flake references of this machine.";
    };
    channel.enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether nix-channel can be used.";
    };
    gc = {
      automatic = mkOption {
        type = types.bool;
        default = false;
        description = "Whether what isn't used any more is deleted regularly.";
      };
      dates = mkOption {
        type = types.either types.singleLineStr (types.listOf types.str);
        apply = lib.toList;
        default = [ "03:15" ];
        example = "weekly";
        description = "When it is deleted, see systemd.time(7).";
      };
      options = mkOption {
        type = types.singleLineStr;
        default = "";
        example = "--delete-older-than 30d";
        description = "Options for nix-collect-garbage.";
      };
      persistent = mkOption {
        type = types.bool;
        default = true;
        description = "Whether a missed run is made up for.";
      };
      randomizedDelaySec = mkOption {
        type = types.singleLineStr;
        default = "0";
        description = "By how much the run is put off, at random.";
      };
    };
    optimise = {
      automatic = mkOption {
        type = types.bool;
        default = false;
        description = "Whether equal files in the store are joined regularly.";
      };
      dates = mkOption {
        type = types.listOf types.str;
        default = [ "03:45" ];
        description = "When.";
      };
    };
    distributedBuilds = mkOption {
      type = types.bool;
      default = false;
      description = "Whether other machines build too.";
    };
    buildMachines = mkOption {
      type = types.listOf (
        types.submodule {
          options = {
            hostName = mkOption {
              type = types.str;
              description = "The machine's name.";
            };
            systems = mkOption {
              type = types.listOf types.str;
              default = [ ];
              description = "What it can build for.";
            };
            sshUser = mkOption {
              type = types.nullOr types.str;
              default = null;
              description = "The user there.";
            };
            maxJobs = mkOption {
              type = types.int;
              default = 1;
              description = "How many builds run there at the same time.";
            };
            speedFactor = mkOption {
              type = types.int;
              default = 1;
              description = "How fast it is, beside the others.";
            };
          };
        }
      );
      default = [ ];
      description = "The other machines.";
    };
    daemonCPUSchedPolicy = mkOption {
      type = types.enum [
        "other"
        "batch"
        "idle"
      ];
      default = "other";
      description = "How much right builds have to the processors.";
    };
  };

  config = lib.mkIf cfg.enable {
    nix.settings = {
      substituters = lib.mkAfter [ "https://cache.nixos.org/" ];
      trusted-public-keys = [ "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" ];
      trusted-users = [ "root" ];
    };
    nix.registry.nixpkgs = lib.mkIf (config.nixpkgs.flake.source != null) {
      to = lib.mkDefault {
        type = "path";
        path = config.nixpkgs.flake.source;
      };
    };
    environment.etc."nix/nix.conf".text = confText + cfg.extraOptions;
    environment.systemPackages = [ cfg.package ];
    systemd.services.nix-gc = lib.mkIf cfg.gc.automatic {
      description = "Deletes from the Nix store what isn't used";
      script = "exec ${cfg.package}/bin/nix-collect-garbage ${cfg.gc.options}";
      startAt = cfg.gc.dates;
    };
    systemd.services.nix-daemon = {
      description = "Nix daemon";
      environment = {
        CURL_CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
      };
      serviceConfig.CPUSchedulingPolicy = cfg.daemonCPUSchedPolicy;
    };
    users.groups.nixbld.gid = 30000;
  };
}
