# What all machines of the workspace have.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (config.hardware) profile;
in
{
  nixpkgs.hostPlatform = lib.mkDefault profile.system.architecture;
  nixpkgs.config.allowUnfree = true;

  nix.settings = {
    max-jobs = profile.build.parallelism.maxJobs;
    cores = profile.build.parallelism.maxCores;
    experimental-features = [
      "nix-command"
      "flakes"
    ];
    trusted-users = [ "@wheel" ];
  };

  boot.loader.systemd-boot.enable = true;
  boot.loader.efi.canTouchEfiVariables = true;

  fileSystems = {
    "/" = {
      device = profile.storage.root;
      fsType = "ext4";
      options = [ "noatime" ];
    };
    "/boot" = {
      device = profile.storage.boot;
      fsType = "vfat";
    };
  };
  swapDevices = lib.optional (profile.memory.swap > 0) {
    device = "/swapfile";
    size = profile.memory.swap * 1024;
  };

  hardware.cpu.${profile.cpu.vendor}.updateMicrocode = true;
  services.xserver.videoDrivers = [ profile.gpu.driver ];
  hardware.nvidia.open = false;

  environment.variables = lib.mkIf profile.gpu.cudaSupport {
    CUDA_COMPUTE_CAPABILITY = profile.gpu.computeCapability;
  };

  # Programs that compute on the card are built for the one that is there.
  nixpkgs.overlays = lib.optional profile.gpu.cudaSupport (
    final: prev: {
      cudatoolkit = prev.cudatoolkit.override { cudaArch = profile.gpu.architecture; };
    }
  );

  time.timeZone = lib.mkDefault "Europe/Athens";
  i18n.defaultLocale = "en_US.UTF-8";
  i18n.extraLocaleSettings.LC_TIME = "el_GR.UTF-8";
  console.keyMap = "us";

  networking.networkmanager.enable = lib.mkDefault true;
  services.openssh.enable = lib.mkDefault false;

  users.users.mitsio = {
    isNormalUser = true;
    description = "Mitsio";
    extraGroups = [
      "wheel"
      "networkmanager"
    ];
    shell = pkgs.zsh;
  };
  programs.zsh.enable = true;

  environment.systemPackages = [
    pkgs.git
    pkgs.vim
    pkgs.wget
  ];

  system.stateVersion = "25.05";
}
