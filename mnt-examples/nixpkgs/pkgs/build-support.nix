# Functions that make derivations of texts, scripts and other packages.
final: prev:
let
  inherit (final) lib stdenv;
in
{
  runCommand =
    name: env: buildCommand:
    stdenv.mkDerivation (
      {
        inherit name buildCommand;
        passAsFile = [ "buildCommand" ];
      }
      // env
    );
  runCommandLocal = final.runCommand;
  runCommandCC = final.runCommand;

  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      meta ? { },
      passthru ? { },
    }:
    stdenv.mkDerivation {
      inherit
        name
        text
        executable
        destination
        meta
        passthru
        ;
      passAsFile = [ "text" ];
      preferLocalBuild = true;
      allowSubstitutes = false;
    };
  writeText = name: text: final.writeTextFile { inherit name text; };
  writeTextDir =
    path: text:
    final.writeTextFile {
      name = baseNameOf path;
      destination = "/${path}";
      inherit text;
    };
  writeScript =
    name: text:
    final.writeTextFile {
      inherit name text;
      executable = true;
    };
  writeScriptBin =
    name: text:
    final.writeTextFile {
      inherit name text;
      executable = true;
      destination = "/bin/${name}";
      meta.mainProgram = name;
    };
  writeShellScript = name: text: final.writeScript name "#!${final.runtimeShell}\n${text}";
  writeShellScriptBin = name: text: final.writeScriptBin name "#!${final.runtimeShell}\n${text}";
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
      meta ? { },
    }:
    final.writeTextFile {
      inherit name;
      executable = true;
      destination = "/bin/${name}";
      text = ''
        #!${final.runtimeShell}
        set -euo pipefail
        export PATH="${lib.makeBinPath runtimeInputs}:$PATH"
        ${text}
      '';
      meta = {
        mainProgram = name;
      }
      // meta;
    };
  runtimeShell = "${final.bash}/bin/bash";

  buildEnv =
    {
      name,
      paths,
      pathsToLink ? [ "/" ],
      extraOutputsToInstall ? [ ],
      ignoreCollisions ? false,
      postBuild ? "",
      meta ? { },
      passthru ? { },
    }:
    stdenv.mkDerivation {
      inherit
        name
        pathsToLink
        extraOutputsToInstall
        ignoreCollisions
        postBuild
        meta
        passthru
        ;
      paths = lib.concatMap (
        p:
        if p.outputSpecified or false || !(p ? meta.outputsToInstall) then
          [ p ]
        else
          map (output: p.${output}) p.meta.outputsToInstall
      ) (lib.filter (p: p != null) paths);
    };
  symlinkJoin =
    args@{ name, paths, ... }:
    stdenv.mkDerivation ({ inherit name paths; } // removeAttrs args [ "paths" "name" ]);
  linkFarm =
    name: entries:
    final.runCommand name { } (
      lib.concatMapStrings (e: "ln -s ${e.path} $out/${e.name}\n") (
        if lib.isList entries then entries else lib.mapAttrsToList (name: path: { inherit name path; }) entries
      )
    );

  mkShell =
    {
      name ? "nix-shell",
      packages ? [ ],
      inputsFrom ? [ ],
      buildInputs ? [ ],
      nativeBuildInputs ? [ ],
      shellHook ? "",
      ...
    }@attrs:
    stdenv.mkDerivation (
      removeAttrs attrs [
        "packages"
        "inputsFrom"
      ]
      // {
        inherit name;
        buildInputs = buildInputs ++ lib.concatMap (p: p.buildInputs or [ ]) inputsFrom;
        nativeBuildInputs = packages ++ nativeBuildInputs;
        shellHook = lib.concatStringsSep "\n" (
          lib.catAttrs "shellHook" (lib.reverseList inputsFrom) ++ [ shellHook ]
        );
      }
    );
  mkShellNoCC = final.mkShell;

  # Fixed outputs: the hash says what will be there, so nothing has to be
  # fetched to evaluate.
  fetchurl =
    {
      url ? lib.head urls,
      urls ? [ url ],
      hash ? "",
      sha256 ? "",
      name ? baseNameOf (toString url),
    }:
    derivation {
      inherit name urls;
      inherit (final) system;
      builder = "builtin:fetchurl";
      url = lib.head urls;
      outputHash = if hash != "" then hash else sha256;
      outputHashAlgo = if hash != "" then null else "sha256";
      outputHashMode = "flat";
      preferLocalBuild = true;
    };
  fetchFromGitHub =
    {
      owner,
      repo,
      rev ? "refs/tags/${tag}",
      tag ? null,
      hash ? "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      name ? "source",
    }:
    derivation {
      inherit name;
      inherit (final) system;
      builder = "/bin/sh";
      args = [
        "-c"
        "curl -L $url | tar -x -C $out"
      ];
      url = "https://github.com/${owner}/${repo}/archive/${rev}.tar.gz";
      outputHash = hash;
      outputHashAlgo = null;
      outputHashMode = "recursive";
    };

  makeDesktopItem =
    { name, ... }@args:
    final.writeTextDir "share/applications/${name}.desktop" (
      lib.generators.toINI { } { "Desktop Entry" = args; }
    );
  makeWrapper = final.runCommand "make-wrapper-hook" { } "";
  substituteAll = args: final.runCommand (args.name or (baseNameOf args.src)) args "";

  # Formats that options of type attrsOf anything are written in.
  formats = {
    json = _: {
      type =
        with lib.types;
        let
          value =
            nullOr (oneOf [
              bool
              int
              float
              str
              path
              (attrsOf value)
              (listOf value)
            ])
            // {
              description = "JSON value";
            };
        in
        value;
      generate = name: value: final.writeText name (builtins.toJSON value);
    };
    yaml =
      args:
      final.formats.json args
      // {
        generate = name: value: final.writeText name (lib.generators.toYAML { } value);
      };
    toml =
      args:
      final.formats.json args
      // {
        type = (final.formats.json args).type // {
          description = "TOML value";
        };
      };
    ini = _: {
      type =
        with lib.types;
        let
          atom =
            nullOr (oneOf [
              bool
              int
              float
              str
            ])
            // {
              description = "single value of an INI file";
            };
        in
        attrsOf (attrsOf atom);
      generate = name: value: final.writeText name (lib.generators.toINI { } value);
    };
    keyValue = _: {
      type =
        with lib.types;
        attrsOf (oneOf [
          bool
          int
          str
          (listOf str)
        ]);
      generate = name: value: final.writeText name (lib.generators.toKeyValue { } value);
    };
  };
}
