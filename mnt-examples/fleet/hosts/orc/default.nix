# A free machine in somebody's cloud.
{ modulesPath, ... }:
{
  imports = [ (modulesPath + "/profiles/qemu-guest.nix") ];
  roles.server.enable = true;
  services.caddy = {
    enable = true;
    virtualHosts."orc.example.org".extraConfig = ''
      reverse_proxy localhost:3000
    '';
  };
  boot.kernelParams = [ "net.ifnames=0" ];
}
