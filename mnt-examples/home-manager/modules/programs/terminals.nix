# Terminal emulators, and terminals in terminals.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.programs;
  settings = mkOption {
    type = types.attrsOf types.anything;
    default = { };
    description = "Its configuration.";
  };
  terminals = [
    "alacritty"
    "ghostty"
    "kitty"
  ];
in
{
  options.programs =
    lib.genAttrs terminals (name: {
      enable = lib.mkEnableOption name;
      package = lib.mkPackageOption pkgs name { };
      inherit settings;
    })
    // {
      tmux = {
        enable = lib.mkEnableOption "tmux";
        clock24 = mkOption {
          type = types.bool;
          default = false;
          description = "Whether its clock has 24 hours.";
        };
        keyMode = mkOption {
          type = types.enum [
            "emacs"
            "vi"
          ];
          default = "emacs";
          description = "Whose keys it has.";
        };
        historyLimit = mkOption {
          type = types.ints.positive;
          default = 2000;
          description = "How many lines it keeps.";
        };
        extraConfig = mkOption {
          type = types.lines;
          default = "";
          description = "More lines.";
        };
      };
    };
  config = lib.mkMerge (
    map (
      name:
      lib.mkIf cfg.${name}.enable {
        home.packages = [ cfg.${name}.package ];
        xdg.configFile."${name}/settings.json" = lib.mkIf (cfg.${name}.settings != { }) {
          text = builtins.toJSON cfg.${name}.settings;
        };
      }
    ) terminals
    ++ [
      (lib.mkIf cfg.tmux.enable {
        home.packages = [ pkgs.tmux ];
        xdg.configFile."tmux/tmux.conf".text =
          "set -g mode-keys ${cfg.tmux.keyMode}\nset -g history-limit ${toString cfg.tmux.historyLimit}\n"
          + cfg.tmux.extraConfig;
      })
    ]
  );
}
