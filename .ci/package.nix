{
  lib,
  stdenv,
  pkg-config,
  cmark,
  curl,
  fuse3,
  jansson,
  libarchive,
  libgit2,
  libseccomp,
  nettle,
  sqlite,
  xxhash,
}:

stdenv.mkDerivation {
  pname = "flakefs";
  version = builtins.head (
    builtins.match ".*FLAKEFS_VERSION \"([^\"]*)\".*" (builtins.readFile ../fs/version.h)
  );

  src = lib.cleanSource ../.;

  nativeBuildInputs = [ pkg-config ];
  buildInputs = [
    cmark
    curl
    fuse3
    jansson
    libarchive
    libgit2
    libseccomp
    nettle
    sqlite
    xxhash
  ];

  enableParallelBuilding = true;
  installFlags = [ "PREFIX=$(out)" ];

  meta = {
    description = "Mount a NixOS configuration repository as plain files";
    license = lib.licenses.mit;
    mainProgram = "flakefs";
    platforms = lib.platforms.linux;
  };
}
