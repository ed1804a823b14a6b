# What `record` evaluates: the names of an example's hosts, and one host's report.
# `url` ends where a folder's name is to be added.
{
  repo,
  url,
  dir,
  kind,
  options,
  version,
}:
let
  inherit (builtins.getFlake "${url}nixpkgs") lib;

  flake = builtins.getFlake (url + dir);
  hosts =
    if kind == "plain" then
      lib.genAttrs (lib.attrNames (builtins.readDir (/. + repo + "/${dir}/hosts"))) (
        name:
        import (/. + repo + "/nixpkgs/nixos") {
          system = "x86_64-linux";
          configuration = /. + repo + "/${dir}/hosts/${name}/configuration.nix";
        }
      )
    else if kind == "home" then
      flake.homeConfigurations
    else if kind == "darwin" then
      flake.darwinConfigurations
    else
      flake.nixosConfigurations;

  # `a.b."c d"`: with dots inside of quotes kept.
  parsePath =
    text:
    let
      pieces = builtins.filter (p: p != "" && p != [ ]) (builtins.split "'([^']*)'|([^.']+)|[.]" text);
    in
    map (p: if lib.head p != null then lib.head p else lib.last p) (
      builtins.filter (p: builtins.isList p && p != [ null null ]) pieces
    );

  # Files in the store or in the copy, told by their place in mnt-examples/.
  relative =
    text:
    let
      m = builtins.match "/nix/store/[^/]*-source/(.*)" text;
    in
    if m == null then lib.removePrefix "${repo}/" text else lib.head m;

  # Values as JSON can have them.
  plain =
    v:
    if lib.isDerivation v then
      {
        type = "derivation";
        inherit (v) name;
        drvPath = builtins.unsafeDiscardStringContext v.drvPath;
      }
    else if lib.isFunction v then
      "<function>"
    else if builtins.isList v then
      map plain v
    else if builtins.isPath v then
      relative (toString v)
    else if builtins.isString v then
      builtins.unsafeDiscardStringContext v
    else if builtins.isAttrs v then
      lib.mapAttrs (_: plain) v
    else
      v;

  report =
    name:
    let
      host = hosts.${name};
      # Told in Nix's notation.
      paths = lib.mapAttrs' (name: lib.nameValuePair (lib.replaceStrings [ "'" ] [ "\"" ] name)) (
        lib.genAttrs options parsePath
      );
      # Even to look whether it is there can fail; that is worth recording.
      isKnown =
        path:
        let
          t = builtins.tryEval (
            lib.hasAttrByPath path host.options || lib.hasAttrByPath path host.config
          );
        in
        !t.success || t.value;
      known = lib.filterAttrs (_: isKnown) paths;
      value = path: plain (lib.getAttrFromPath path host.config);
      tried = lib.mapAttrs (
        _: path:
        let
          v = value path;
        in
        builtins.tryEval (builtins.deepSeq v v)
      ) known;
      option = path: lib.attrByPath path null host.options;
      meta =
        path:
        let
          opt = option path;
          facts = {
            type = opt.type.description;
            priority = opt.highestPrio;
            inherit (opt) isDefined;
            declarations = map (d: relative (toString d)) opt.declarations;
            definitions = map (d: {
              file = relative (toString d.file);
              value = plain d.value;
            }) opt.definitionsWithLocations;
          };
        in
        # Even whether it is defined can fail, with a default that throws.
        lib.mapAttrs (_: t: t.value) (
          lib.filterAttrs (_: t: t.success) (
            lib.mapAttrs (_: v: builtins.tryEval (builtins.deepSeq v v)) facts
          )
        );
    in
    builtins.toJSON (
      {
        nix = version;
        values = lib.mapAttrs (_: t: t.value) (lib.filterAttrs (_: t: t.success) tried);
        errors = lib.attrNames (lib.filterAttrs (_: t: !t.success) tried);
        warnings = host.config.warnings;
        assertions = map (a: a.message) (lib.filter (a: !a.assertion) host.config.assertions);
        meta = lib.mapAttrs (_: meta) (
          lib.filterAttrs (_: path: lib.isOption (option path)) (
            lib.filterAttrs (_: path: lib.hasAttrByPath path host.options) known
          )
        );
      }
      // lib.optionalAttrs (kind != "home") {
        optionCount = lib.length (lib.collect lib.isOption host.options);
      }
    );
in
{
  names = lib.attrNames hosts;
  inherit report;
}
