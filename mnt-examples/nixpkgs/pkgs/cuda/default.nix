# NVIDIA's compiler and libraries; `cudaArch` says for which generation of cards.
{
  lib,
  stdenv,
  cudaArch ? "sm_75",
}:
stdenv.mkDerivation {
  pname = "cudatoolkit";
  version = "12.9.1";
  inherit cudaArch;
  passthru.arch = cudaArch;
  meta = {
    description = "Compiler and libraries for programs on NVIDIA cards";
    license = lib.licenses.unfree;
    mainProgram = "nvcc";
  };
}
