{
  lib,
  stdenv,
  bash,
  withColours ? true,
}:
stdenv.mkDerivation {
  pname = "my-app";
  version = "1.0.0";
  buildInputs = [ bash ];
  colours = lib.boolToString withColours;
  meta = {
    description = "An application of our own";
    license = lib.licenses.mit;
    mainProgram = "my-app";
  };
}
