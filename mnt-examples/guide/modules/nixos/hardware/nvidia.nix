{ lib, ... }:
{
  services.xserver.videoDrivers = [ "nvidia" ];
  hardware.nvidia.open = lib.mkDefault true;
  nixpkgs.config.allowUnfree = true;
}
