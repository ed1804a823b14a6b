# The folders that programs agree on.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.xdg;
  home = config.home.homeDirectory;
  folder =
    what: below:
    mkOption {
      type = types.path;
      default = "${home}/${below}";
      defaultText = lib.literalMD "`~/${below}`";
      description = "Where ${what} is.";
    };
  files = mkOption {
    type = types.attrsOf (types.submodule (import ../file-type.nix { inherit lib; }));
    default = { };
    description = "Files in that folder.";
  };
in
{
  options.xdg = {
    enable = lib.mkEnableOption "the variables that name these folders";
    configHome = folder "configuration" ".config";
    dataHome = folder "data" ".local/share";
    cacheHome = folder "what can be made again" ".cache";
    stateHome = folder "state" ".local/state";
    configFile = files;
    dataFile = files;
    userDirs.enable = lib.mkEnableOption "folders for documents, music and so on";
    mimeApps = {
      enable = lib.mkEnableOption "programs for file types";
      defaultApplications = mkOption {
        type = types.attrsOf (types.coercedTo types.str lib.singleton (types.listOf types.str));
        default = { };
        description = "Which program opens what.";
      };
    };
  };

  config = {
    home.sessionVariables = lib.mkIf cfg.enable {
      XDG_CONFIG_HOME = cfg.configHome;
      XDG_DATA_HOME = cfg.dataHome;
      XDG_CACHE_HOME = cfg.cacheHome;
      XDG_STATE_HOME = cfg.stateHome;
    };
    home.file =
      lib.mapAttrs' (
        name: f: lib.nameValuePair ".config/${f.target}" (removeAttrs f [ "target" ])
      ) cfg.configFile
      // lib.mapAttrs' (
        name: f: lib.nameValuePair ".local/share/${f.target}" (removeAttrs f [ "target" ])
      ) cfg.dataFile;
  };
}
