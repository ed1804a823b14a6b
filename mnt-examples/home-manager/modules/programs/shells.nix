# Shells.
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
    set: lib.concatStrings (lib.mapAttrsToList (n: v: "alias ${n}=${lib.escapeShellArg v}\n") set);
  aliases = mkOption {
    type = types.attrsOf types.str;
    default = { };
    description = "Short names for commands.";
  };
  lines =
    description:
    mkOption {
      type = types.lines;
      default = "";
      inherit description;
    };
  integration =
    default:
    lib.mapAttrs (
      shell: _:
      mkOption {
        type = types.bool;
        inherit default;
        description = "Whether ${shell} starts it.";
      }
    )
      {
        enableBashIntegration = null;
        enableZshIntegration = null;
        enableFishIntegration = null;
      };
in
{
  options.programs = {
    bash = {
      enable = lib.mkEnableOption "bash";
      shellAliases = aliases;
      bashrcExtra = lines "Lines for .bashrc.";
      initExtra = lines "Lines for interactive shells.";
      historySize = mkOption {
        type = types.nullOr types.int;
        default = 10000;
        description = "How many commands are remembered.";
      };
    };
    zsh = {
      enable = lib.mkEnableOption "zsh";
      shellAliases = aliases;
      autosuggestion.enable = lib.mkEnableOption "suggestions from the history";
      syntaxHighlighting.enable = lib.mkEnableOption "colours while typing";
      enableCompletion = mkOption {
        type = types.bool;
        default = true;
        description = "Whether arguments are completed.";
      };
      initContent = lines "Lines for .zshrc.";
      history.size = mkOption {
        type = types.int;
        default = 10000;
        description = "How many commands are remembered.";
      };
    };
    fish = {
      enable = lib.mkEnableOption "fish";
      shellAliases = aliases;
      interactiveShellInit = lines "Lines for interactive shells.";
    };
    starship = {
      enable = lib.mkEnableOption "the prompt starship";
      settings = mkOption {
        type = types.attrsOf types.anything;
        default = { };
        description = "Its configuration.";
      };
    }
    // integration true;
    direnv = {
      enable = lib.mkEnableOption "direnv";
      nix-direnv.enable = lib.mkEnableOption "caching of Nix shells and flakes";
    }
    // integration true;
    zoxide = {
      enable = lib.mkEnableOption "zoxide";
    }
    // integration true;
    fzf = {
      enable = lib.mkEnableOption "fzf";
      defaultCommand = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "What it searches in.";
      };
    }
    // integration true;
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.bash.enable {
      home.packages = [ pkgs.bash ];
      programs.bash.shellAliases = config.home.shellAliases;
      home.file.".bashrc".text =
        aliasLines cfg.bash.shellAliases
        + cfg.bash.bashrcExtra
        + cfg.bash.initExtra;
    })
    (lib.mkIf cfg.zsh.enable {
      home.packages = [ pkgs.zsh ];
      programs.zsh.shellAliases = config.home.shellAliases;
      home.file.".zshrc".text =
        aliasLines cfg.zsh.shellAliases
        + cfg.zsh.initContent;
    })
    (lib.mkIf cfg.fish.enable { home.packages = [ pkgs.fish ]; })
    (lib.mkIf cfg.starship.enable {
      home.packages = [ pkgs.starship ];
      programs.bash.initExtra = lib.mkIf cfg.starship.enableBashIntegration "eval \"$(starship init bash)\"\n";
      programs.zsh.initContent = lib.mkIf cfg.starship.enableZshIntegration "eval \"$(starship init zsh)\"\n";
    })
    (lib.mkIf cfg.direnv.enable {
      home.packages = [ pkgs.direnv ];
      programs.bash.initExtra = lib.mkIf cfg.direnv.enableBashIntegration (
        lib.mkAfter "eval \"$(direnv hook bash)\"\n"
      );
    })
    (lib.mkIf cfg.zoxide.enable { home.packages = [ pkgs.zoxide ]; })
    (lib.mkIf cfg.fzf.enable {
      home.packages = [ pkgs.fzf ];
      home.sessionVariables = lib.optionalAttrs (cfg.fzf.defaultCommand != null) {
        FZF_DEFAULT_COMMAND = cfg.fzf.defaultCommand;
      };
    })
  ];
}
