# A MacBook of 2015.
{ lib, ... }:
{
  roles.laptop.enable = true;
  hardware.enableRedistributableFirmware = true;
  hardware.cpu.intel.updateMicrocode = true;
  services.xserver.xkb.layout = "gb";
  console.useXkbConfig = true;
}
