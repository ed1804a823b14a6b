# Shells and what makes them comfortable.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.programs;
  aliasLines =
    set: lib.concatStrings (lib.mapAttrsToList (n: v: "alias -- ${n}=${lib.escapeShellArg v}\n") set);
  text =
    description:
    mkOption {
      type = types.lines;
      default = "";
      inherit description;
    };
  aliases = mkOption {
    type = types.attrsOf (types.nullOr (types.either types.str types.path));
    default = { };
    description = "Short names for commands.";
  };
in
{
  options.programs = {
    bash = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether bash is set up for interactive use.";
      };
      completion.enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether arguments of commands are completed.";
      };
      shellAliases = aliases;
      interactiveShellInit = text "Commands for every interactive bash.";
    };
    zsh = {
      enable = mkOption {
        type = types.bool;
        default = false;
        description = "Whether zsh is set up for interactive use.";
      };
      enableCompletion = mkOption {
        type = types.bool;
        default = true;
        description = "Whether arguments of commands are completed.";
      };
      autosuggestions.enable = lib.mkEnableOption "zsh-autosuggestions";
      syntaxHighlighting.enable = lib.mkEnableOption "zsh-syntax-highlighting";
      histSize = mkOption {
        type = types.int;
        default = 2000;
        description = "How many commands are remembered.";
      };
      ohMyZsh = {
        enable = lib.mkEnableOption "oh-my-zsh";
        theme = mkOption {
          type = types.str;
          default = "";
          description = "Its look.";
        };
        plugins = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Its plugins.";
        };
      };
      shellAliases = aliases;
      interactiveShellInit = text "Commands for every interactive zsh.";
    };
    fish = {
      enable = lib.mkEnableOption "fish for interactive use";
      shellAliases = aliases;
      interactiveShellInit = text "Commands for every interactive fish.";
    };
    starship = {
      enable = lib.mkEnableOption "the prompt Starship";
      settings = mkOption {
        type = (pkgs.formats.toml { }).type;
        default = { };
        description = "Its configuration.";
      };
    };
    direnv = {
      enable = lib.mkEnableOption "direnv integration";
      nix-direnv.enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether flakes and shells of Nix are cached.";
      };
      silent = lib.mkEnableOption "silence";
    };
    command-not-found.enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether an unknown command tells which package has it.";
    };
    nix-index.enable = lib.mkEnableOption "nix-index";
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.zsh.enable {
      environment.systemPackages = [ pkgs.zsh ];
      environment.shells = [ pkgs.zsh ];
      environment.pathsToLink = lib.optional cfg.zsh.enableCompletion "/share/zsh";
      programs.zsh.shellAliases = lib.mapAttrs (_: lib.mkDefault) config.environment.shellAliases;
      environment.etc.zshrc.text =
        "HISTSIZE=${toString cfg.zsh.histSize}\n"
        + aliasLines cfg.zsh.shellAliases
        + cfg.zsh.interactiveShellInit;
    })
    (lib.mkIf cfg.fish.enable {
      environment.systemPackages = [ pkgs.fish ];
      environment.shells = [ pkgs.fish ];
    })
    (lib.mkIf cfg.bash.enable {
      programs.bash.shellAliases = lib.mapAttrs (_: lib.mkDefault) config.environment.shellAliases;
      environment.shells = [ pkgs.bash ];
      environment.etc.bashrc.text =
        aliasLines cfg.bash.shellAliases
        + cfg.bash.interactiveShellInit
        + config.environment.interactiveShellInit;
    })
    (lib.mkIf cfg.starship.enable { environment.systemPackages = [ pkgs.starship ]; })
    (lib.mkIf cfg.direnv.enable { environment.systemPackages = [ pkgs.direnv ]; })
  ];
}
