# Modules of all machines.
{
  imports = [
    ./hardware-profile.nix
    ./common.nix
    ./hardware-tier.nix
    ./profiles/desktop.nix
    ./profiles/development.nix
    ./profiles/gaming.nix
    ./profiles/power.nix
  ];
}
