# Editors.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.programs;
  toggle =
    description:
    mkOption {
      type = types.bool;
      default = false;
      inherit description;
    };
in
{
  options.programs = {
    neovim = {
      enable = lib.mkEnableOption "Neovim";
      package = lib.mkPackageOption pkgs "neovim" { };
      defaultEditor = toggle "Whether it is the editor that programs start.";
      viAlias = toggle "Whether vi starts it.";
      vimAlias = toggle "Whether vim starts it.";
      extraConfig = mkOption {
        type = types.lines;
        default = "";
        description = "Its configuration.";
      };
    };
    helix = {
      enable = lib.mkEnableOption "Helix";
      defaultEditor = toggle "Whether it is the editor that programs start.";
    };
    vscode = {
      enable = lib.mkEnableOption "Visual Studio Code";
      package = lib.mkPackageOption pkgs "vscode" { };
    };
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.neovim.enable {
      home.packages = [ cfg.neovim.package ];
      home.sessionVariables.EDITOR = lib.mkIf cfg.neovim.defaultEditor "nvim";
      home.shellAliases.vi = lib.mkIf cfg.neovim.viAlias "nvim";
      home.shellAliases.vim = lib.mkIf cfg.neovim.vimAlias "nvim";
      xdg.configFile."nvim/init.vim" = lib.mkIf (cfg.neovim.extraConfig != "") {
        text = cfg.neovim.extraConfig;
      };
    })
    (lib.mkIf cfg.helix.enable {
      home.packages = [ pkgs.helix ];
      home.sessionVariables.EDITOR = lib.mkIf cfg.helix.defaultEditor "hx";
    })
    (lib.mkIf cfg.vscode.enable { home.packages = [ cfg.vscode.package ]; })
  ];
}
