# The driver for NVIDIA cards, built for one kernel.
{
  lib,
  stdenv,
  kernel,
  version,
}:
stdenv.mkDerivation {
  pname = "nvidia-x11";
  version = "${version}-${kernel.version}";
  kernelVersion = kernel.modDirVersion;
  outputs = [
    "out"
    "bin"
  ];
  passthru.open = stdenv.mkDerivation {
    pname = "nvidia-open";
    version = "${version}-${kernel.version}";
    meta = {
      description = "Open kernel modules for NVIDIA cards";
      license = lib.licenses.mit;
    };
  };
  meta = {
    description = "Driver and libraries for NVIDIA graphics cards";
    license = lib.licenses.unfree;
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
    mainProgram = "nvidia-smi";
  };
}
