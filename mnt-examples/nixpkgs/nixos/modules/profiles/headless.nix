# A machine without a screen.
{ lib, ... }:
{
  console.enable = lib.mkDefault false;
  boot.kernelParams = [ "panic=1" ];
  boot.loader.timeout = lib.mkDefault 0;
}
