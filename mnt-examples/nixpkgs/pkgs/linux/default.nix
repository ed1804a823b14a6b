# The kernel.
{
  lib,
  stdenv,
  version,
  suffix ? null,
}:
stdenv.mkDerivation {
  pname = "linux";
  version = version + lib.optionalString (suffix != null) "-${suffix}";
  outputs = [
    "out"
    "dev"
    "modules"
  ];
  passthru = {
    modDirVersion = version + lib.optionalString (suffix != null) "-${suffix}";
    kernelAtLeast = lib.versionAtLeast version;
    kernelOlder = lib.versionOlder version;
    features = { };
  };
  meta = {
    description = "The Linux kernel";
    license = lib.licenses.gpl2Only;
    platforms = lib.platforms.linux;
  };
}
