# Python, with its packages: python3.withPackages (ps: [ ps.numpy ])
{
  lib,
  stdenv,
  buildEnv,
  newScope,
  openssl,
  version,
}:
let
  python = stdenv.mkDerivation {
    pname = "python3";
    inherit version;
    buildInputs = [ openssl ];
    passthru = {
      pythonVersion = lib.versions.majorMinor version;
      pkgs = packages;
      withPackages =
        f:
        buildEnv {
          name = "${python.name}-env";
          paths = [ python ] ++ f packages;
          meta.mainProgram = "python3";
        };
    };
    meta = {
      description = "High-level dynamically-typed programming language";
      license = lib.licenses.mit;
      mainProgram = "python3";
    };
  };

  package =
    pname: version:
    stdenv.mkDerivation {
      name = "python${python.pythonVersion}-${pname}-${version}";
      inherit pname version;
      buildInputs = [ python ];
      meta = {
        description = "Python package ${pname}";
        license = lib.licenses.bsd3;
      };
    };

  packages =
    lib.makeScope newScope (
      self:
      lib.mapAttrs package {
        jupyter = "1.1.1";
        jupyterlab = "4.4.9";
        numpy = "2.3.4";
        pandas = "2.3.1";
        pip = "25.0.1";
        pytorch = "2.9.0";
        requests = "2.32.5";
        scipy = "1.16.2";
        virtualenv = "20.33.1";
      }
      // {
        inherit python;
      }
    );
in
python
