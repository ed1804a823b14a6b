# Services for developers.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services;
in
{
  options.services = {
    jupyter = {
      enable = lib.mkEnableOption "Jupyter";
      ip = mkOption {
        type = types.str;
        default = "localhost";
        description = "The address it listens on.";
      };
      port = mkOption {
        type = types.port;
        default = 8888;
        description = "The port it listens on.";
      };
      password = mkOption {
        type = types.str;
        default = "";
        description = "The hash of its password, as Python code.";
      };
    };
    ollama = {
      enable = lib.mkEnableOption "ollama, a server of language models";
      package = lib.mkPackageOption pkgs "ollama" { };
      host = mkOption {
        type = types.str;
        default = "127.0.0.1";
        description = "The address it listens on.";
      };
      port = mkOption {
        type = types.port;
        default = 11434;
        description = "The port it listens on.";
      };
      acceleration = mkOption {
        type = types.nullOr (
          types.enum [
            false
            "rocm"
            "cuda"
            "vulkan"
          ]
        );
        default = null;
        description = "What computes; null finds out.";
      };
      loadModels = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Models to load at the start.";
      };
    };
    gitea = {
      enable = lib.mkEnableOption "Gitea Service";
      settings = mkOption {
        type = (pkgs.formats.ini { }).type;
        default = { };
        description = "The contents of app.ini.";
      };
    };
    github-runners = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = {
            enable = lib.mkEnableOption "this runner";
            url = mkOption {
              type = types.str;
              description = "The repository it works for.";
            };
            tokenFile = mkOption {
              type = types.path;
              description = "A file with its token.";
            };
          };
        }
      );
      default = { };
      description = "Runners of GitHub Actions.";
    };
    code-server = {
      enable = lib.mkEnableOption "code-server";
      port = mkOption {
        type = types.port;
        default = 4444;
        description = "The port it listens on.";
      };
    };
  };
  config = {
    systemd.services.jupyter = lib.mkIf cfg.jupyter.enable {
      description = "Jupyter";
      serviceConfig.ExecStart = "${
        pkgs.python3.withPackages (ps: [ ps.jupyterlab ])
      }/bin/jupyter-lab --ip=${cfg.jupyter.ip} --port=${toString cfg.jupyter.port}";
    };
    systemd.services.ollama = lib.mkIf cfg.ollama.enable {
      description = "Language models on this machine";
      environment.OLLAMA_HOST = "${cfg.ollama.host}:${toString cfg.ollama.port}";
      serviceConfig.ExecStart = "${lib.getExe cfg.ollama.package} serve";
    };
  };
}
