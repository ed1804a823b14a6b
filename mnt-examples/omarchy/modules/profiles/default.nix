# The profiles, and what the inventory says of the machine.
{ lib, ... }:
{
  imports = [
    ./base.nix
    ./desktop.nix
    ./development.nix
    ./gaming.nix
    ./power-user.nix
    ./server.nix
  ];

  options.machine = {
    type = lib.mkOption {
      type = lib.types.enum [
        "laptop"
        "workstation"
        "server"
      ];
      description = "What kind of machine this is.";
    };
    features = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Features that the inventory gives it.";
    };
  };
}
