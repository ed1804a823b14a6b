# Who may act as root, and how much anybody may use.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.security.sudo;
in
{
  options.security = {
    sudo = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether there is {command}`sudo`.";
      };
      wheelNeedsPassword = mkOption {
        type = types.bool;
        default = true;
        description = "Whether users in the group wheel must give their password.";
      };
      execWheelOnly = mkOption {
        type = types.bool;
        default = false;
        description = "Whether only they can start it at all.";
      };
      extraConfig = mkOption {
        type = types.lines;
        default = "";
        description = "Lines for sudoers.";
      };
      extraRules = mkOption {
        type = types.listOf (
          types.submodule {
            options = {
              users = mkOption {
                type = types.listOf types.str;
                default = [ ];
                description = "For these users.";
              };
              groups = mkOption {
                type = types.listOf types.str;
                default = [ ];
                description = "For these groups.";
              };
              commands = mkOption {
                type = types.listOf types.anything;
                default = [ ];
                description = "The commands.";
              };
            };
          }
        );
        default = [ ];
        description = "More rules.";
      };
    };
    pam.loginLimits = mkOption {
      type = types.listOf types.attrs;
      default = [ ];
      example = [
        {
          domain = "ftp";
          type = "hard";
          item = "nproc";
          value = "0";
        }
      ];
      description = "How much users may use, see limits.conf(5).";
    };
    pki.certificateFiles = mkOption {
      type = types.listOf types.path;
      default = [ ];
      description = "Files with more certificates to trust.";
    };
    protectKernelImage = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the running kernel can't be replaced.";
    };
    lockKernelModules = mkOption {
      type = types.bool;
      default = false;
      description = "Whether no modules are loaded after the boot.";
    };
    auditd.enable = lib.mkEnableOption "the Linux Audit daemon";
  };
  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      environment.systemPackages = [ pkgs.sudo ];
      environment.etc.sudoers = {
        mode = "0440";
        text = ''
          root ALL=(ALL:ALL) SETENV: ALL
          %wheel ALL=(ALL:ALL) ${lib.optionalString (!cfg.wheelNeedsPassword) "NOPASSWD:"}SETENV: ALL
          ${cfg.extraConfig}'';
      };
    })
    (lib.mkIf config.security.protectKernelImage {
      boot.kernelParams = [ "nohibernate" ];
      boot.kernel.sysctl."kernel.kexec_load_disabled" = lib.mkDefault true;
    })
  ];
}
