# Watches the others.
{ ... }:
{
  imports = [ ../proxmox.nix ];

  profiles.server = {
    enable = true;
    role = "monitoring";
    services.prometheus.retention = "90d";
    services.grafana.domain = "grafana.lab.example.org";
  };

  services.prometheus.scrapeConfigs = [
    {
      job_name = "nodes";
      static_configs = [
        {
          targets = map (h: "${h}.lab.example.org:9100") [
            "web-server"
            "docker-server"
            "database-server"
          ];
          labels.site = "lab";
        }
      ];
    }
  ];
  networking.firewall.allowedTCPPorts = [ 3000 9090 ];
}
