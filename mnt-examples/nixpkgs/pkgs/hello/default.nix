# The package that shows how packages are written. Its arguments are found by
# name in the package set; `hello.override { greeting = "Hi"; }` changes them.
{
  lib,
  stdenv,
  bash,
  greeting ? "Hello, world!",
}:
stdenv.mkDerivation (finalAttrs: {
  pname = "hello";
  version = "2.12.2";

  buildInputs = [ bash ];
  inherit greeting;

  passthru.tests.version = "hello --version prints ${finalAttrs.version}";

  meta = {
    description = "Program that produces a familiar, friendly greeting";
    homepage = "https://www.gnu.org/software/hello/";
    license = lib.licenses.gpl3Plus;
    maintainers = [ lib.maintainers.example ];
    platforms = lib.platforms.all;
  };
})
