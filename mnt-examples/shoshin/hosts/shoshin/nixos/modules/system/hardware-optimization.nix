# Settings by what the machine has.
{ lib, hardwareProfile, ... }:
let
  memory = lib.toInt hardwareProfile.memory.total;
in
{
  zramSwap.enable = memory <= 16;
  boot.kernel.sysctl = {
    "vm.swappiness" = if memory >= 32 then 10 else 60;
  };
  boot.tmp.useTmpfs = memory >= 16;
}
