# How packages are made: mkDerivation over the language's own `derivation`.
#
# Nothing here compiles anything. The builder writes the package's name into its
# outputs, which is enough for derivations with real hashes and dependencies.
final: prev:
let
  inherit (final) lib config hostPlatform;

  builder = builtins.toFile "builder.sh" ''
    for output in $outputs; do
      echo "$name" > "''${!output}"
    done
  '';

  # Refuse packages that the configuration doesn't allow, when they are used.
  checkMeta =
    attrs: drv:
    let
      licenses = lib.toList (attrs.meta.license or [ ]);
      unfree = lib.any (l: !(l.free or true)) licenses;
      name = attrs.name or "${attrs.pname}-${attrs.version}";
      refuse =
        why: help: throw "The package `${name}' can't be used: ${why}. ${help}";
    in
    if unfree && !config.allowUnfree && !config.allowUnfreePredicate attrs then
      refuse "its licence is not free" "Set nixpkgs.config.allowUnfree or allowUnfreePredicate to allow it."
    else if attrs.meta.broken or false && !config.allowBroken then
      refuse "it is marked as broken" "Set nixpkgs.config.allowBroken to try it anyway."
    else if
      attrs.meta.knownVulnerabilities or [ ] != [ ]
      && !lib.elem name config.permittedInsecurePackages
    then
      refuse "it is insecure (${lib.concatStringsSep ", " attrs.meta.knownVulnerabilities})"
        "List it in nixpkgs.config.permittedInsecurePackages to use it anyway."
    else if
      attrs ? meta.platforms && !lib.elem hostPlatform.system attrs.meta.platforms
    then
      refuse "it isn't available on ${hostPlatform.system}" "It is on ${toString attrs.meta.platforms}."
    else
      drv;

  # Attributes of the package that aren't passed to its builder.
  notForBuilder = [
    "meta"
    "passthru"
    "pos"
  ];

  makeDerivation =
    fnOrAttrs:
    let
      # The attributes may be a function of the finished package's attributes.
      toFn = x: if lib.isFunction x then x else _: x;
      make =
        attrsFn:
        let
          finalAttrs = attrs // {
            finalPackage = drv;
            overrideAttrs = override;
          };
          attrs = attrsFn finalAttrs;
          name = attrs.name or "${attrs.pname}-${attrs.version}";
          outputs = attrs.outputs or [ "out" ];
          meta = {
            inherit name;
            available = true;
            broken = false;
            outputsToInstall = [ (if lib.elem "bin" outputs then "bin" else lib.head outputs) ];
          }
          // lib.optionalAttrs (attrs ? pname) { mainProgram = attrs.pname; }
          // attrs.meta or { };
          built = derivation (
            {
              system = hostPlatform.system;
              builder = "/bin/sh";
              args = [
                "-e"
                builder
              ];
              strictDeps = true;
            }
            // removeAttrs attrs notForBuilder
            // {
              inherit name outputs;
              buildInputs = lib.filter (x: x != null) (attrs.buildInputs or [ ]);
              nativeBuildInputs = lib.filter (x: x != null) (attrs.nativeBuildInputs or [ ]);
            }
          );
          override =
            f:
            make (
              lib.fix (
                _: final':
                let
                  before = attrsFn final';
                  g = if lib.isFunction f then f else _: f;
                  once = g before;
                in
                # The function takes the old attributes, or the final and the old ones.
                before // (if lib.isFunction once then f final' before else once)
              )
            );
          withOutputs = lib.genAttrs outputs (
            output:
            built.${output}
            // extra
            // {
              outputSpecified = true;
            }
          );
          extra = {
            inherit meta name outputs;
            passthru = attrs.passthru or { };
            overrideAttrs = override;
            stdenv = final.stdenv;
          }
          // lib.optionalAttrs (attrs ? pname) { inherit (attrs) pname; }
          // lib.optionalAttrs (attrs ? version) { inherit (attrs) version; }
          // attrs.passthru or { };
          drv = checkMeta attrs (built // withOutputs // extra);
        in
        drv;
    in
    make (toFn fnOrAttrs);
in
{
  stdenv = {
    mkDerivation = makeDerivation;
    name = "stdenv-linux";
    inherit hostPlatform;
    buildPlatform = hostPlatform;
    targetPlatform = hostPlatform;
    inherit (hostPlatform) system isLinux isDarwin isx86_64 isAarch64;
    shell = "/bin/sh";
    cc = final.gcc;
  };
  stdenvNoCC = final.stdenv;
}
