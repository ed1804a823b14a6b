# Sites, and what is in front of others.
{ ... }:
{
  imports = [ ../proxmox.nix ];

  profiles.server = {
    enable = true;
    role = "web";
    services.nginx = {
      domains = [
        "example.org"
        "www.example.org"
      ];
      acme.enable = true;
    };
    services.redis.enable = true;
    security.fail2ban.maxRetry = 3;
  };

  security.acme = {
    acceptTerms = true;
    defaults.email = "admin@example.org";
  };
}
