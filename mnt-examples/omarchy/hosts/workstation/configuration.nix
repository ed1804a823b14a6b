# The desktop: everything.
{ pkgs, ... }:
{
  profiles = {
    desktop.enable = true;
    desktop.creative.enable = true;
    desktop.printing.enable = true;

    development.enable = true;
    development.languages.rust.enable = true;
    development.tools.docker.enable = true;
    development.editors.vscode.enable = true;

    gaming.enable = true;
    gaming.streaming.enable = true;

    power-user.enable = true;
    power-user.scientific.octave.enable = true;
    power-user.virtualisation.enable = true;
  };

  boot.kernelPackages = pkgs.linuxPackages_zen;
  services.xserver.videoDrivers = [ "nvidia" ];
  hardware.nvidia.open = true;
  hardware.cpu.intel.updateMicrocode = true;

  fileSystems = {
    "/" = {
      device = "/dev/nvme0n1p2";
      fsType = "ext4";
    };
    "/boot" = {
      device = "/dev/nvme0n1p1";
      fsType = "vfat";
    };
    "/games" = {
      device = "/dev/disk/by-label/games";
      fsType = "ext4";
      options = [ "noatime" "nofail" ];
    };
  };
}
