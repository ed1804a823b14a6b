# Devices that weren't looked for: firmware for whatever is there.
{ lib, ... }:
{
  hardware.enableRedistributableFirmware = lib.mkDefault true;
}
