# Editors and other tools for everybody.
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
    };
    vim = {
      enable = lib.mkEnableOption "the editor Vim";
      defaultEditor = toggle "Whether it is the editor that programs start.";
    };
    nano.enable = lib.mkEnableOption "the editor nano" // {
      default = true;
    };
    tmux = {
      enable = toggle "Whether to enable tmux.";
      clock24 = toggle "Whether its clock has 24 hours.";
      keyMode = mkOption {
        type = types.enum [
          "emacs"
          "vi"
        ];
        default = "emacs";
        description = "Whose keys it has.";
      };
      extraConfig = mkOption {
        type = types.lines;
        default = "";
        description = "Lines for tmux.conf.";
      };
    };
    mtr.enable = toggle "Whether users can run mtr.";
    htop.enable = lib.mkEnableOption "htop process monitor";
    nix-ld.enable = lib.mkEnableOption "nix-ld, which runs programs that weren't made for NixOS";
    nh = {
      enable = lib.mkEnableOption "nh, a helper for Nix";
      flake = mkOption {
        type = types.nullOr (types.either types.singleLineStr types.path);
        default = null;
        description = "The flake it works with.";
      };
      clean.enable = lib.mkEnableOption "regular cleaning by nh";
    };
    ssh = {
      startAgent = toggle "Whether an SSH agent starts with each login.";
      extraConfig = mkOption {
        type = types.lines;
        default = "";
        description = "Lines for ssh_config.";
      };
      knownHosts = mkOption {
        type = types.attrsOf (
          types.submodule (
            { name, ... }:
            {
              options = {
                hostNames = mkOption {
                  type = types.listOf types.str;
                  default = [ name ];
                  description = "The machine's names.";
                };
                publicKey = mkOption {
                  type = types.nullOr types.str;
                  default = null;
                  description = "Its key.";
                };
              };
            }
          )
        );
        default = { };
        description = "Machines that are known.";
      };
    };
    gnupg.agent = {
      enable = toggle "Whether the GnuPG agent runs for each user.";
      enableSSHSupport = toggle "Whether it is the SSH agent too.";
    };
    fuse.userAllowOther = toggle "Whether users can show their FUSE mounts to others.";
    less.enable = toggle "Whether less is set up.";
    _1password.enable = lib.mkEnableOption "1Password on the command line";
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.neovim.enable {
      environment.systemPackages = [ cfg.neovim.package ];
      environment.variables.EDITOR = lib.mkIf cfg.neovim.defaultEditor (lib.mkOverride 900 "nvim");
      environment.shellAliases.vi = lib.mkIf cfg.neovim.viAlias "nvim";
      environment.shellAliases.vim = lib.mkIf cfg.neovim.vimAlias "nvim";
    })
    (lib.mkIf cfg.vim.enable {
      environment.systemPackages = [ pkgs.vim ];
      environment.variables.EDITOR = lib.mkIf cfg.vim.defaultEditor (lib.mkOverride 900 "vim");
    })
    (lib.mkIf cfg.nano.enable {
      environment.systemPackages = [ pkgs.nano ];
      environment.variables.EDITOR = lib.mkDefault "nano";
    })
    (lib.mkIf cfg.tmux.enable {
      environment.systemPackages = [ pkgs.tmux ];
      environment.etc."tmux.conf".text =
        "set -g mode-keys ${cfg.tmux.keyMode}\n"
        + lib.optionalString cfg.tmux.clock24 "setw -g clock-mode-style 24\n"
        + cfg.tmux.extraConfig;
    })
    (lib.mkIf cfg.htop.enable { environment.systemPackages = [ pkgs.htop ]; })
    (lib.mkIf cfg.gnupg.agent.enable {
      environment.systemPackages = [ pkgs.gnupg ];
      assertions = [
        {
          assertion = cfg.gnupg.agent.enableSSHSupport -> !cfg.ssh.startAgent;
          message = "There can be one SSH agent only: programs.gnupg.agent.enableSSHSupport or programs.ssh.startAgent.";
        }
      ];
    })
  ];
}
