{
  config,
  lib,
  pkgs,
  hardwareProfile, # comes by specialArgs
  ...
}:

{
  imports = [
    ../../modules/system/build-optimization.nix
    ../../modules/system/hardware-optimization.nix
  ];

  # -- what this machine is for ----------------------------------------------
  profiles = {
    desktop = {
      enable = true;
      environment = "plasma"; # plasma, hyprland or sway
      printing.enable = true;
    };

    development = {
      enable = true;
      languages.rust.enable = true;
      languages.go.enable = false;
      containers.enable = true;
    };

    gaming.enable = false; # the card is too old
  };
  profiles.power.mode = "performance";

  # -- hardware --------------------------------------------------------------
  boot.kernelPackages = pkgs.linuxPackages_latest;
  boot.kernelParams = [
    "mitigations=off" # one user, nobody else
  ];
  hardware.bluetooth.enable = true;

  # -- services --------------------------------------------------------------
  services.openssh = {
    enable = true;
    settings = {
      PasswordAuthentication = false;
      PermitRootLogin = "no";
    };
  };
  services.fstrim.enable = true;
  services.tailscale.enable = true;

  networking.firewall = {
    enable = true;
    allowedTCPPorts = [
      22
      8080
    ];
  };

  environment.systemPackages = with pkgs; [
    htop
    lm_sensors
    cudatoolkit
  ];
}
