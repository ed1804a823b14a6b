# The packages. Most are plain: a name, a version, what they are and what they
# need; those that others override or that are special follow below.
final: prev:
let
  inherit (final) lib stdenv callPackage;
  inherit (lib) licenses platforms;

  # name -> { version, description, license, deps, ... } -> package
  plain = builtins.mapAttrs (
    pname:
    {
      version,
      description,
      license ? licenses.mit,
      deps ? [ ],
      homepage ? "https://example.org/${pname}",
      mainProgram ? pname,
      outputs ? [ "out" ],
      platforms ? lib.platforms.unix,
      passthru ? { },
      broken ? false,
      knownVulnerabilities ? [ ],
    }:
    stdenv.mkDerivation {
      inherit pname version outputs passthru;
      buildInputs = map (n: final.${n}) deps;
      meta = {
        inherit
          description
          homepage
          license
          mainProgram
          platforms
          broken
          knownVulnerabilities
          ;
        maintainers = [ lib.maintainers.example ];
      };
    }
  );

  shell = {
    passthru.shellPath = "/bin/sh";
  };
  linux = {
    platforms = platforms.linux;
  };
in
plain (import ./plain-packages.nix { inherit lib shell linux; })
// {
  hello = callPackage ./hello { };
  python3 = callPackage ./python { version = "3.13.8"; };
  python312 = callPackage ./python { version = "3.12.12"; };
  python3Packages = final.python3.pkgs;

  # Kernels come with the modules that are built for them.
  linuxPackages = final.linuxPackages_6_12;
  linuxPackages_6_6 = final.linuxPackagesFor final.linux_6_6;
  linuxPackages_6_12 = final.linuxPackagesFor final.linux_6_12;
  linuxPackages_6_17 = final.linuxPackagesFor final.linux_6_17;
  linuxPackages_latest = final.linuxPackages_6_17;
  linuxPackages_zen = final.linuxPackagesFor final.linux_zen;
  linuxPackagesFor =
    kernel:
    lib.makeScope final.newScope (self: {
      inherit kernel;
      nvidiaPackages = {
        stable = self.callPackage ./nvidia { version = "580.95.05"; };
        beta = self.callPackage ./nvidia { version = "580.94.03"; };
        legacy_470 = self.callPackage ./nvidia { version = "470.256.02"; };
        production = self.nvidiaPackages.stable;
        latest = self.nvidiaPackages.stable;
      };
      nvidia_x11 = self.nvidiaPackages.stable;
      v4l2loopback = self.callPackage ./kernel-module {
        pname = "v4l2loopback";
        version = "0.15.1";
      };
      zfs = self.callPackage ./kernel-module {
        pname = "zfs";
        version = "2.3.4";
      };
    });
  linux_6_6 = callPackage ./linux { version = "6.6.114"; };
  linux_6_12 = callPackage ./linux { version = "6.12.55"; };
  linux_6_17 = callPackage ./linux { version = "6.17.5"; };
  linux_zen = callPackage ./linux {
    version = "6.17.5";
    suffix = "zen1";
  };

  cudaPackages = lib.makeScope final.newScope (self: {
    cudatoolkit = self.callPackage ./cuda { };
  });
  cudatoolkit = final.cudaPackages.cudatoolkit;

  nerd-fonts = lib.recurseIntoAttrs (
    lib.genAttrs [ "jetbrains-mono" "fira-code" "hack" ] (
      name:
      stdenv.mkDerivation {
        pname = "nerd-fonts-${name}";
        version = "3.4.0";
        meta = {
          description = "Nerd Fonts: ${name}";
          license = licenses.mit;
        };
      }
    )
  );
}
