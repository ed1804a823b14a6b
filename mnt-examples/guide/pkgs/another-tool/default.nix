{
  stdenv,
  my-app,
}:
stdenv.mkDerivation {
  pname = "another-tool";
  version = "0.3.1";
  nativeBuildInputs = [ my-app ];
  meta.description = "A tool that my-app is needed for";
}
