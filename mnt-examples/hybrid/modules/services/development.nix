{
  config,
  lib,
  pkgs,
  ...
}:
{
  options.development.containers.enable = lib.mkEnableOption "containers";

  config = {
    virtualisation.docker.enable = config.development.containers.enable;
    programs.nix-ld.enable = true;
    environment.systemPackages = [
      pkgs.gh
      pkgs.direnv
    ]
    ++ lib.optional config.development.containers.enable pkgs.kubectl;
  };
}
