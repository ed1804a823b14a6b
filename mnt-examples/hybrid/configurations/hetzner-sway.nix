# A server at Hetzner with a desktop that is seen over the network only.
{
  lib,
  pkgs,
  modulesPath,
  ...
}:
{
  imports = [
    ./base.nix
    (modulesPath + "/profiles/qemu-guest.nix")
  ];

  desktop.sway = {
    enable = true;
    headless = true;
  };
  development.containers.enable = true;

  boot.loader.grub = {
    efiSupport = true;
    efiInstallAsRemovable = true;
    device = "nodev";
  };
  fileSystems."/" = {
    device = "/dev/disk/by-label/nixos";
    fsType = "ext4";
  };
  fileSystems."/boot" = {
    device = "/dev/disk/by-label/boot";
    fsType = "vfat";
  };

  services.wayvnc.enable = true;
  services.tailscale = {
    enable = true;
    useRoutingFeatures = "both";
  };
  networking.firewall.trustedInterfaces = [ "tailscale0" ];
  # VNC is for the tunnel only.
  networking.firewall.interfaces.tailscale0.allowedTCPPorts = [
    5900
    5901
  ];
}
