# Containers.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.virtualisation;
  toggle =
    description:
    mkOption {
      type = types.bool;
      default = false;
      inherit description;
    };
  prune = {
    enable = toggle "Whether what isn't used is deleted regularly.";
    dates = mkOption {
      type = types.str;
      default = "weekly";
      description = "When.";
    };
    flags = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "--all" ];
      description = "More flags.";
    };
  };
  containerModule = {
    options = {
      image = mkOption {
        type = types.str;
        example = "library/hello-world";
        description = "The image.";
      };
      cmd = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "The command.";
      };
      environment = mkOption {
        type = types.attrsOf types.str;
        default = { };
        description = "Variables.";
      };
      ports = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "8080:9000" ];
        description = "Ports of the machine, and of the container.";
      };
      volumes = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Folders of the machine, and in the container.";
      };
      autoStart = mkOption {
        type = types.bool;
        default = true;
        description = "Whether it starts with the machine.";
      };
      dependsOn = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Containers that start before.";
      };
    };
  };
in
{
  options.virtualisation = {
    docker = {
      enable = toggle "Whether to enable Docker.";
      enableOnBoot = mkOption {
        type = types.bool;
        default = true;
        description = "Whether it starts with the machine.";
      };
      storageDriver = mkOption {
        type = types.nullOr (
          types.enum [
            "btrfs"
            "overlay2"
            "zfs"
          ]
        );
        default = null;
        description = "How layers are kept.";
      };
      daemon.settings = mkOption {
        type = types.attrsOf types.anything;
        default = { };
        description = "The contents of daemon.json.";
      };
      autoPrune = prune;
      rootless.enable = toggle "Whether users have one of their own.";
    };
    podman = {
      enable = toggle "Whether to enable podman, which runs containers without a daemon.";
      dockerCompat = toggle "Whether it is called docker too.";
      defaultNetwork.settings = mkOption {
        type = types.attrsOf types.anything;
        default = { };
        description = "The network of containers.";
      };
      autoPrune = prune;
    };
    oci-containers = {
      backend = mkOption {
        type = types.enum [
          "podman"
          "docker"
        ];
        default = "podman";
        description = "Who runs them.";
      };
      containers = mkOption {
        type = types.attrsOf (types.submodule containerModule);
        default = { };
        description = "Containers that are services of this machine.";
      };
    };
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.docker.enable {
      environment.systemPackages = [ pkgs.docker ];
      users.groups.docker = { };
      boot.kernelModules = [
        "bridge"
        "veth"
      ];
      environment.etc."docker/daemon.json" = lib.mkIf (cfg.docker.daemon.settings != { }) {
        text = builtins.toJSON cfg.docker.daemon.settings;
      };
      systemd.services.docker = {
        wantedBy = lib.optional cfg.docker.enableOnBoot "multi-user.target";
        serviceConfig.ExecStart = "${pkgs.docker}/bin/dockerd";
      };
    })
    (lib.mkIf cfg.podman.enable {
      environment.systemPackages = [ pkgs.podman ];
      assertions = [
        {
          assertion = cfg.podman.dockerCompat -> !cfg.docker.enable;
          message = "virtualisation.podman.dockerCompat can't be set beside virtualisation.docker.";
        }
      ];
    })
    (lib.mkIf (cfg.oci-containers.containers != { }) {
      virtualisation.docker.enable = lib.mkIf (cfg.oci-containers.backend == "docker") (lib.mkDefault true);
      virtualisation.podman.enable = lib.mkIf (cfg.oci-containers.backend == "podman") (lib.mkDefault true);
      systemd.services = lib.mapAttrs' (
        name: c:
        lib.nameValuePair "${cfg.oci-containers.backend}-${name}" {
          wantedBy = lib.optional c.autoStart "multi-user.target";
          after = map (d: "${cfg.oci-containers.backend}-${d}.service") c.dependsOn;
          inherit (c) environment;
          serviceConfig.ExecStart = "${cfg.oci-containers.backend} run --rm --name=${name} ${c.image} ${lib.escapeShellArgs c.cmd}";
        }
      ) cfg.oci-containers.containers;
    })
  ];
}
