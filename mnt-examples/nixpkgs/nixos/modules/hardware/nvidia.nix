# NVIDIA cards. They are used when services.xserver.videoDrivers has "nvidia".
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.hardware.nvidia;
  busId = mkOption {
    type = types.str;
    default = "";
    example = "PCI:1:0:0";
    description = "Where the card is.";
  };
in
{
  options.hardware = {
    nvidia = {
      enabled = mkOption {
        type = types.bool;
        readOnly = true;
        default = lib.elem "nvidia" config.services.xserver.videoDrivers;
        defaultText = lib.literalMD "if `services.xserver.videoDrivers` has it";
        description = "Whether the card is used.";
      };
      package = mkOption {
        type = types.package;
        default = config.boot.kernelPackages.nvidiaPackages.stable;
        defaultText = lib.literalExpression "config.boot.kernelPackages.nvidiaPackages.stable";
        description = "The driver.";
      };
      open = mkOption {
        type = types.nullOr types.bool;
        default = null;
        description = "Whether the open kernel modules are used.";
      };
      modesetting.enable = lib.mkEnableOption "kernel modesetting, which Wayland needs" // {
        default = true;
      };
      nvidiaSettings = lib.mkEnableOption "nvidia-settings" // {
        default = true;
      };
      powerManagement = {
        enable = lib.mkEnableOption "saving the card's memory over a sleep";
        finegrained = lib.mkEnableOption "switching off a card that isn't used";
      };
      prime = {
        sync.enable = lib.mkEnableOption "drawing everything by the NVIDIA card";
        offload.enable = lib.mkEnableOption "drawing by the NVIDIA card on request";
        nvidiaBusId = busId;
        intelBusId = busId;
        amdgpuBusId = busId;
      };
    };
    nvidia-container-toolkit.enable = lib.mkEnableOption "NVIDIA cards in containers";
  };
  config = lib.mkIf cfg.enabled {
    boot.extraModulePackages = [ (if cfg.open == true then cfg.package.open else cfg.package) ];
    boot.blacklistedKernelModules = [ "nouveau" ];
    boot.kernelParams = lib.optional cfg.modesetting.enable "nvidia-drm.modeset=1";
    environment.systemPackages = [ cfg.package.bin ];
    hardware.graphics.extraPackages = [ cfg.package.out ];
    assertions = [
      {
        assertion =
          cfg.prime.offload.enable || cfg.prime.sync.enable
          -> cfg.prime.nvidiaBusId != "" && (cfg.prime.intelBusId != "" || cfg.prime.amdgpuBusId != "");
        message = "hardware.nvidia.prime needs to know where both cards are.";
      }
      {
        assertion = !(cfg.prime.offload.enable && cfg.prime.sync.enable);
        message = "hardware.nvidia.prime: sync and offload exclude each other.";
      }
    ];
  };
}
