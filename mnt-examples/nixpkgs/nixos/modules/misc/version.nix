# Which NixOS this is, and since which one the machine runs.
{
  config,
  options,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.system.nixos;
in
{
  options.system = {
    nixos = {
      version = mkOption {
        type = types.str;
        internal = true;
        default = cfg.release + cfg.versionSuffix;
        defaultText = lib.literalMD "release and suffix";
        description = "The full version of NixOS.";
      };
      release = mkOption {
        type = types.str;
        readOnly = true;
        default = lib.trivial.release;
        description = "The release, as \"25.11\".";
      };
      versionSuffix = mkOption {
        type = types.str;
        internal = true;
        default = lib.trivial.versionSuffix;
        description = "What follows the release in a version.";
      };
      revision = mkOption {
        type = types.nullOr types.str;
        internal = true;
        default = null;
        description = "The git revision of nixpkgs.";
      };
      codeName = mkOption {
        type = types.str;
        readOnly = true;
        default = lib.trivial.codeName;
        description = "The release's name.";
      };
      label = mkOption {
        type = types.strMatching "[a-zA-Z0-9:_\\.-]*";
        default = lib.concatStringsSep "-" (lib.sort (a: b: a < b) cfg.tags ++ [ cfg.version ]);
        defaultText = lib.literalMD "the tags and the version";
        description = "What the boot menu calls this generation.";
      };
      tags = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "with-xen" ];
        description = "Words in front of the label.";
      };
      distroName = mkOption {
        type = types.str;
        internal = true;
        default = "NixOS";
        description = "The distribution's name.";
      };
    };
    stateVersion = mkOption {
      type = types.str;
      default = cfg.release;
      defaultText = lib.literalExpression "config.system.nixos.release";
      description = ''
        The release with which the machine was first installed. Services keep data in the
        layout of that release; it is not raised with an upgrade.
      '';
    };
    configurationRevision = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The git revision of the configuration itself.";
    };
  };

  config = {
    warnings =
      lib.optional (options.system.stateVersion.highestPrio == (lib.mkOptionDefault { }).priority)
        "system.stateVersion is not set; it defaults to ${config.system.stateVersion}, which is right for a new machine only.";

    environment.etc.os-release.text = ''
      NAME="${cfg.distroName}"
      ID=nixos
      VERSION="${cfg.release} (${cfg.codeName})"
      VERSION_ID="${cfg.release}"
      PRETTY_NAME="${cfg.distroName} ${cfg.release} (${cfg.codeName})"
    '';
  };
}
