# Large or special programs, each with a switch of its own.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    mkEnableOption
    mkIf
    mkOption
    optionals
    types
    ;
  cfg = config.profiles.power-user;
in
{
  options.profiles.power-user = {
    enable = mkEnableOption "programs for special purposes";
    scientific = {
      octave.enable = mkOption {
        type = types.bool;
        default = false;
        description = ''
          Whether to install GNU Octave, for numerical computing and plots.
          It is a large download, about 500 MB.
        '';
      };
      r.enable = mkEnableOption "R, for statistics";
      jupyter.enable = mkEnableOption "Jupyter";
    };
    cad.enable = mkEnableOption "programs for 3D printing";
    virtualisation.enable = mkEnableOption "virtual machines";
    reverse-engineering.enable = mkEnableOption "looking into programs";
  };

  config = mkIf cfg.enable {
    environment.systemPackages =
      with pkgs;
      optionals cfg.scientific.octave.enable [ octave ]
      ++ optionals cfg.scientific.r.enable [ R ]
      ++ optionals cfg.cad.enable [
        blender
        prusa-slicer
      ]
      ++ optionals cfg.reverse-engineering.enable [ strace ];
    services.jupyter.enable = mkIf cfg.scientific.jupyter.enable true;
    virtualisation.libvirtd.enable = cfg.virtualisation.enable;
    programs.virt-manager.enable = cfg.virtualisation.enable;
  };
}
