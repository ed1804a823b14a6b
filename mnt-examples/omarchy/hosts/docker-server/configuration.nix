# Whatever comes as an image.
{ ... }:
{
  imports = [ ../proxmox.nix ];

  profiles.server = {
    enable = true;
    role = "docker";
    services.docker.autoPrune.enable = true;
    services.ssh.port = 2222;
    security.apparmor.enable = true;
  };

  virtualisation.oci-containers = {
    backend = "docker";
    containers.whoami = {
      image = "traefik/whoami:v1.11";
      ports = [ "8080:80" ];
    };
    containers.registry = {
      image = "registry:3";
      ports = [ "5000:5000" ];
      volumes = [ "/srv/registry:/var/lib/registry" ];
    };
  };
  networking.firewall.allowedTCPPorts = [ 8080 5000 ];
}
