{ inputs, ... }:
{
  imports = [ inputs.self.nixosModules.desktop ];
  features.desktop.enable = true;
}
