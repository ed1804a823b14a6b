# Packages for everybody.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  required = map (lib.setPrio 100) [
    pkgs.acl
    pkgs.bash
    pkgs.coreutils
    pkgs.curl
    pkgs.findutils
    pkgs.gawk
    pkgs.gnugrep
    pkgs.gnused
    pkgs.gnutar
    pkgs.gzip
    pkgs.less
    pkgs.openssh
    pkgs.procps
    pkgs.util-linux
    pkgs.xz
    pkgs.zstd
  ];
in
{
  options.environment = {
    systemPackages = mkOption {
      type = types.listOf types.package;
      default = [ ];
      example = lib.literalExpression "[ pkgs.firefox pkgs.htop ]";
      description = "Packages that every user has.";
    };
    defaultPackages = mkOption {
      type = types.listOf types.package;
      default = map (lib.setPrio 110) [
        pkgs.rsync
        pkgs.strace
      ];
      defaultText = lib.literalMD "rsync and strace";
      description = "Packages that aren't needed but expected.";
    };
    corePackages = mkOption {
      type = types.listOf types.package;
      default = required;
      defaultText = lib.literalMD "the basic tools";
      description = "Packages without which the system would be of little use.";
    };
    pathsToLink = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "/share/zsh" ];
      description = "Folders of packages that are visible in /run/current-system/sw.";
    };
    extraOutputsToInstall = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Outputs of packages to install besides the usual ones.";
    };
  };

  options.system.path = mkOption {
    internal = true;
    description = "All of them in one folder.";
  };

  config = {
    environment.systemPackages = config.environment.corePackages ++ config.environment.defaultPackages;
    environment.pathsToLink = [
      "/bin"
      "/etc/xdg"
      "/sbin"
      "/share/applications"
      "/share/man"
    ];
    system.path = pkgs.buildEnv {
      name = "system-path";
      paths = config.environment.systemPackages;
      inherit (config.environment) pathsToLink extraOutputsToInstall;
      ignoreCollisions = true;
    };
  };
}
