{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkEnableOption optionals;
  cfg = config.profiles.development;
in
{
  options.profiles.development = {
    enable = mkEnableOption "tools of a developer";
    languages = {
      python.enable = mkEnableOption "Python" // {
        default = true;
      };
      rust.enable = mkEnableOption "Rust";
      go.enable = mkEnableOption "Go";
    };
    containers.enable = mkEnableOption "containers";
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages =
      with pkgs;
      [
        gnumake
        direnv
      ]
      ++ optionals cfg.languages.python.enable [ python3 ]
      ++ optionals cfg.languages.rust.enable [
        rustc
        cargo
      ]
      ++ optionals cfg.languages.go.enable [ go ];
    virtualisation.podman.enable = cfg.containers.enable;
  };
}
