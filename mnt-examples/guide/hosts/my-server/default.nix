# The server: secrets by sops-nix.
{ config, ... }:
{
  imports = [ ./hardware-configuration.nix ];

  networking.hostName = "my-server";
  guide.database.enable = true;
  guide.webserver.domain = "my-server.example.org";

  sops = {
    defaultSopsFile = ../../secrets/secrets.yaml;
    age.sshKeyPaths = [ "/etc/ssh/ssh_host_ed25519_key" ];
    secrets."db-password" = {
      owner = "postgres";
      group = "postgres";
      mode = "0400";
    };
    secrets."web/token" = {
      key = "web/token";
      owner = config.services.nginx.user;
      restartUnits = [ "nginx.service" ];
    };
    templates."app.env".content = ''
      DB_PASSWORD=${config.sops.placeholder."db-password"}
    '';
  };

  system.autoUpgrade.enable = true;
  system.autoUpgrade.flake = "github:example/guide";
}
