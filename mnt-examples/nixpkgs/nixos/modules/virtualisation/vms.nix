# Virtual machines.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.virtualisation;
in
{
  options.virtualisation = {
    libvirtd = {
      enable = lib.mkEnableOption "libvirtd, which runs virtual machines for users in the group libvirtd";
      onBoot = mkOption {
        type = types.enum [
          "start"
          "ignore"
        ];
        default = "start";
        description = "What happens at boot to machines that were running.";
      };
      qemu.runAsRoot = mkOption {
        type = types.bool;
        default = true;
        description = "Whether machines run as root.";
      };
      qemu.swtpm.enable = lib.mkEnableOption "TPM emulation";
    };
    virtualbox.host.enable = lib.mkEnableOption "VirtualBox";
    vmware.guest.enable = lib.mkEnableOption "VMWare Guest Support";
    waydroid.enable = lib.mkEnableOption "Waydroid";
  };
  config = lib.mkIf cfg.libvirtd.enable {
    environment.systemPackages = [ pkgs.qemu ];
    users.groups.libvirtd.gid = 67;
    boot.kernelModules = [ "tun" ];
    security.polkit.enable = true;
  };
}
