# The user on every machine: imports, and switches.
{ lib, ... }:
{
  imports = [
    ./profiles/base.nix
    ./profiles/creative.nix
    ./profiles/communication.nix
    ./profiles/productivity.nix
  ];
  home.stateVersion = "25.05";
}
