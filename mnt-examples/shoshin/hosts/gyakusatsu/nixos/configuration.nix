{ config, pkgs, ... }: {
  # A nested style, and a compact one.
  profiles = {
    desktop   = { enable = true; environment = "sway"; };
    gaming    = { enable = true; vr.enable = true; };
    power     = { mode = "performance"; };
    development = {
      enable = true;
      languages = { python.enable = true; rust.enable = true; go.enable = true; };
      containers.enable = false;
    };
  };

  # It builds for the others too.
  nix = {
    settings = {
      trusted-users = [ "builder" ];
      secret-key-files = "/etc/nix/cache.key";
    };
    gc = { automatic = true; options = "--delete-older-than 30d"; };
  };
  users.users.builder = { isSystemUser = true; group = "builder"; };
  users.groups.builder = { };

  services = {
    openssh = { enable = true; ports = [ 2222 ]; };
    ollama = { enable = true; acceleration = "cuda"; };
    prometheus.exporters.node = {
      enable = true;
      enabledCollectors = [ "systemd" "processes" ];
      openFirewall = true;
    };
  };

  networking.firewall.allowedTCPPorts = [ 5000 ];
  boot.kernelPackages = pkgs.linuxPackages_zen;
}
