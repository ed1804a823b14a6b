# The laptop: home-manager inside the system, secrets by agenix.
{ config, inputs, ... }:
{
  imports = [
    ./hardware-configuration.nix
    ../../modules/nixos/hardware/nvidia.nix
  ];

  networking.hostName = "my-laptop";

  home-manager = {
    useGlobalPkgs = true;
    useUserPackages = true;
    # What the user's modules may know of the system.
    extraSpecialArgs = {
      my-theme = "dark";
      my-hostname = config.networking.hostName;
    };
    users.my-user =
      { my-hostname, ... }:
      {
        imports = [ ../../modules/home-manager/common.nix ];
        home.sessionVariables.MACHINE = my-hostname;
      };
  };

  age.secrets.wifi = {
    file = ../../secrets/wifi.age;
    mode = "0440";
    group = "networkmanager";
  };
  age.secrets.backup-key.file = ../../secrets/backup-key.age;

  networking.networkmanager.enable = true;
}
