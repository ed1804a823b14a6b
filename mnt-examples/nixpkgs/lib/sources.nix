# Folders as sources of packages.
{ lib }:
rec {
  pathHasContext = path: builtins.hasContext (toString path);
  cleanSourceFilter =
    path: type:
    let
      base = baseNameOf path;
    in
    !(type == "directory" && builtins.elem base [ ".git" ".svn" ".hg" ])
    && !lib.hasSuffix "~" base
    && !lib.hasSuffix ".o" base
    && !lib.hasSuffix ".so" base
    && !(type == "symlink" && lib.hasPrefix "result" base);
  cleanSource =
    src:
    cleanSourceWith {
      inherit src;
      filter = cleanSourceFilter;
    };
  cleanSourceWith =
    {
      src,
      filter ? _: _: true,
      name ? "source",
    }:
    builtins.path {
      path = src;
      inherit filter name;
    };
  sourceByRegex =
    src: regexes:
    cleanSourceWith {
      inherit src;
      filter =
        path: _:
        let
          relative = lib.removePrefix (toString src + "/") (toString path);
        in
        lib.any (re: builtins.match re relative != null) regexes;
    };
  sourceFilesBySuffices =
    src: suffices:
    cleanSourceWith {
      inherit src;
      filter = path: type: type == "directory" || lib.any (s: lib.hasSuffix s path) suffices;
    };
}
