{ lib, ... }:
{
  services.openssh = {
    enable = true;
    settings = {
      PermitRootLogin = "prohibit-password";
      PasswordAuthentication = lib.mkDefault false;
    };
  };
  networking.firewall.enable = true;
  services.avahi = {
    enable = true;
    nssmdns4 = true;
  };
}
