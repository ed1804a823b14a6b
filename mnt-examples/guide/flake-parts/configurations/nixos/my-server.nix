{ inputs, ... }:
{
  imports = [
    inputs.self.nixosModules.desktop
    inputs.self.nixosModules.webserver
  ];
  features.desktop.enable = false;
  features.webserver.enable = true;
}
