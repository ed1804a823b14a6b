# The whole system as one derivation.
{
  config,
  lib,
  pkgs,
  extendModules,
  ...
}:
let
  inherit (lib) mkOption types;

  failed = map (a: a.message) (lib.filter (a: !a.assertion) config.assertions);

  baseSystem = pkgs.stdenv.mkDerivation {
    name = "nixos-system-${config.system.name}-${config.system.nixos.label}";
    preferLocalBuild = true;
    allowSubstitutes = false;
    inherit (config.system.build) etc;
    systemPath = config.system.path;
    kernel = lib.optionalString config.boot.kernel.enable "${config.system.build.kernel}";
    initialRamdisk = lib.optionalString config.boot.initrd.enable "${config.system.build.initialRamdisk}";
    inherit (config.boot) kernelParams;
    installBootLoader = config.system.build.installBootLoader;
    activationScript = config.system.activationScripts.script;
    nixosLabel = config.system.nixos.label;
    configurationName = config.boot.loader.grub.configurationName or "";
    specialisations = lib.mapAttrsToList (
      name: s: "${name}=${s.configuration.system.build.toplevel}"
    ) config.specialisation;
    extraDependencies = config.system.extraDependencies;
  };

  checked =
    if failed != [ ] then
      throw "\nThe configuration contradicts itself:\n${lib.concatMapStringsSep "\n" (m: "- ${m}") failed}"
    else
      lib.showWarnings config.warnings baseSystem;
in
{
  options = {
    system = {
      build = mkOption {
        type = types.submodule {
          freeformType = types.lazyAttrsOf (types.uniq types.unspecified);
          options.toplevel = mkOption {
            type = types.package;
            readOnly = true;
            description = "The system: everything that a generation has.";
          };
        };
        default = { };
        description = "Derivations that make up the system.";
      };
      name = mkOption {
        type = types.str;
        default = if config.networking.hostName == "" then "unnamed" else config.networking.hostName;
        defaultText = lib.literalExpression "config.networking.hostName";
        description = "The system's name in its derivation.";
      };
      extraDependencies = mkOption {
        type = types.listOf types.pathInStore;
        default = [ ];
        description = "Store paths to keep with the system.";
      };
    };
    specialisation = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = {
            inheritParentConfig = mkOption {
              type = types.bool;
              default = true;
              description = "Whether it is the system with changes, or one of its own.";
            };
            configuration = mkOption {
              default = { };
              type = (extendModules { modules = [ { specialisation = lib.mkOverride 0 { }; } ]; }).type;
              visible = "shallow";
              description = "The changes.";
            };
          };
        }
      );
      default = { };
      description = "Variants of the system, to be chosen when it boots.";
    };
  };

  config.system.build.toplevel = checked;
}
