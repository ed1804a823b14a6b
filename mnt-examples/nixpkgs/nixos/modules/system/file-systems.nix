# What is mounted where.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;

  fileSystemModule =
    { name, config, ... }:
    {
      options = {
        enable = mkOption {
          type = types.bool;
          default = true;
          description = "Whether it is mounted.";
        };
        mountPoint = mkOption {
          type = types.nonEmptyStr;
          default = name;
          example = "/mnt/usb";
          description = "Where; the attribute's name by default.";
        };
        device = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          example = "/dev/sda";
          description = "What.";
        };
        label = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "The label of the device, instead of its name.";
        };
        fsType = mkOption {
          type = types.nonEmptyStr;
          default = "auto";
          example = "ext3";
          description = "The kind of file system.";
        };
        options = mkOption {
          type = types.nonEmptyListOf types.nonEmptyStr;
          default = [ "defaults" ];
          example = [ "data=journal" ];
          description = "Mount options.";
        };
        depends = mkOption {
          type = types.listOf types.nonEmptyStr;
          default = [ ];
          description = "Other mount points that must be there first.";
        };
        neededForBoot = mkOption {
          type = types.bool;
          default = false;
          description = "Whether it is mounted in the initial ramdisk already.";
        };
        autoFormat = lib.mkEnableOption "formatting a device without a file system";
        autoResize = lib.mkEnableOption "growing the file system to the size of its device";
        noCheck = lib.mkEnableOption "mounting without a check";
      };
      config.device = lib.mkIf (config.label != null) (lib.mkDefault "/dev/disk/by-label/${config.label}");
    };

  mounted = lib.filter (fs: fs.enable) (lib.attrValues config.fileSystems);
  inside = outer: inner: outer == "/" || lib.hasPrefix "${outer}/" inner;
  before =
    a: b:
    a.mountPoint != b.mountPoint
    && (inside a.mountPoint b.mountPoint || lib.elem a.mountPoint b.depends);
in
{
  options.fileSystems = mkOption {
    type = types.attrsOf (types.submodule fileSystemModule);
    default = { };
    example = lib.literalExpression ''
      {
        "/".device = "/dev/disk/by-label/root";
        "/data" = { device = "/dev/hda2"; fsType = "ext3"; options = [ "data=journal" ]; };
      }
    '';
    description = "The file systems, by where they are mounted.";
  };

  config = {
    # In the order in which they can be mounted.
    system.build.fileSystems = (lib.toposort before mounted).result;
    boot.supportedFilesystems = lib.genAttrs (lib.filter (t: t != "auto") (map (fs: fs.fsType) mounted)) (
      _: lib.mkDefault true
    );
    assertions = [
      {
        assertion = config.boot.isContainer || config.fileSystems ? "/";
        message = "There is no root file system: set fileSystems.\"/\".";
      }
    ]
    ++ map (fs: {
      assertion = fs.label == null || fs.device == "/dev/disk/by-label/${fs.label}";
      message = "fileSystems.\"${fs.mountPoint}\" has both a device and a label.";
    }) mounted;
  };
}
