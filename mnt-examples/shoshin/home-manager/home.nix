{
  config,
  lib,
  pkgs,
  currentHardwareProfile,
  ...
}:
let
  inherit (currentHardwareProfile) build cpu gpu;
in
{
  imports = [ ./modules/shell/zsh.nix ];

  home = {
    username = "mitsio";
    homeDirectory = "/home/mitsio";
    stateVersion = "25.05";

    packages = [
      pkgs.ripgrep
      pkgs.fd
      pkgs.jq
    ]
    ++ lib.optional (cpu.cores >= 8) pkgs.rustc;

    sessionVariables = {
      HARDWARE_PROFILE = currentHardwareProfile.system.hostname;
      # Whoever compiles by hand gets the flags of this machine.
      CFLAGS = "-march=${build.compiler.march} -mtune=${build.compiler.mtune} -O2";
      MAKEFLAGS = "-j${toString build.parallelism.maxCores}";
    }
    // lib.optionalAttrs gpu.cudaSupport { CUDA_ARCH = gpu.architecture; };
  };

  programs.git = {
    enable = true;
    userName = "Mitsio";
    userEmail = "mitsio@example.org";
    delta.enable = true;
  };
  programs.neovim = {
    enable = true;
    defaultEditor = true;
  };
}
