# PostgreSQL and Redis for the others.
{ ... }:
{
  imports = [ ../proxmox.nix ];

  profiles.server = {
    enable = true;
    role = "database";
    services.postgresql = {
      version = 17;
      databases = [ "app" "metrics" ];
      maxConnections = 200;
    };
    services.redis = {
      enable = true;
      maxMemory = "1gb";
    };
    security.kernelHardening.enable = true;
  };

  services.postgresql.enableTCPIP = true;
  networking.firewall.allowedTCPPorts = [ 5432 ];

  sops.secrets."postgres/password" = {
    sopsFile = ../../secrets/database.yaml;
    owner = "postgres";
    group = "postgres";
    mode = "0400";
    restartUnits = [ "postgresql.service" ];
  };
}
