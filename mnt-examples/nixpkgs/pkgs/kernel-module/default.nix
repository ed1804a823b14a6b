# A module from outside the kernel's own tree.
{
  lib,
  stdenv,
  kernel,
  pname,
  version,
}:
stdenv.mkDerivation {
  name = "${pname}-${version}-${kernel.version}";
  inherit pname version;
  nativeBuildInputs = [ kernel.dev ];
  meta = {
    description = "Kernel module ${pname}";
    license = lib.licenses.gpl2Only;
    platforms = lib.platforms.linux;
  };
}
