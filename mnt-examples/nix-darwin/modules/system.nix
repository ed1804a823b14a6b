# Settings of macOS, and the whole.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  setting =
    type: description:
    mkOption {
      type = types.nullOr type;
      default = null;
      inherit description;
    };
  failed = map (a: a.message) (lib.filter (a: !a.assertion) config.assertions);
in
{
  options = {
    assertions = mkOption {
      type = types.listOf types.unspecified;
      internal = true;
      default = [ ];
      description = "Conditions without which no system is made.";
    };
    warnings = mkOption {
      type = types.listOf types.str;
      internal = true;
      default = [ ];
      description = "Messages shown when the system is evaluated.";
    };
    system = {
      stateVersion = mkOption {
        type = types.ints.between 1 6;
        description = "The release with which the machine was first set up.";
      };
      primaryUser = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "The user whose settings these are.";
      };
      configurationRevision = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "The git revision of the configuration.";
      };
      defaults = {
        dock = {
          autohide = setting types.bool "Whether the Dock hides.";
          orientation = setting (types.enum [
            "bottom"
            "left"
            "right"
          ]) "Where it is.";
          tilesize = setting types.int "How big it is.";
        };
        finder.AppleShowAllExtensions = setting types.bool "Whether the Finder shows the ends of names.";
        NSGlobalDomain = {
          AppleInterfaceStyle = setting (types.enum [ "Dark" ]) "Whether windows are dark.";
          KeyRepeat = setting types.int "How fast a key repeats.";
        };
      };
      keyboard = {
        enableKeyMapping = lib.mkEnableOption "other meanings for keys";
        remapCapsLockToEscape = mkOption {
          type = types.bool;
          default = false;
          description = "Whether Caps Lock is Escape.";
        };
      };
      activationScripts = mkOption {
        type = types.attrsOf (
          types.submodule {
            options.text = mkOption {
              type = types.lines;
              default = "";
              description = "The script.";
            };
          }
        );
        default = { };
        description = "Scripts that run when the system is switched to.";
      };
      build.toplevel = mkOption {
        type = types.package;
        readOnly = true;
        description = "The whole system.";
      };
    };
  };
  config.system.build.toplevel =
    let
      system = pkgs.stdenv.mkDerivation {
        name = "darwin-system-${toString config.system.stateVersion}";
        path = pkgs.buildEnv {
          name = "system-applications";
          paths = config.environment.systemPackages;
          inherit (config.environment) pathsToLink;
        };
        activation = lib.concatStrings (
          lib.mapAttrsToList (n: s: "# ${n}\n${s.text}\n") config.system.activationScripts
        );
      };
    in
    if failed != [ ] then
      throw "\nThe configuration contradicts itself:\n${lib.concatMapStringsSep "\n" (m: "- ${m}") failed}"
    else
      lib.showWarnings config.warnings system;
}
