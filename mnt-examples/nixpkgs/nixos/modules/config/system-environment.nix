# Variables that every program sees.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.environment;
  variables = mkOption {
    type = types.attrsOf (
      types.nullOr (
        types.oneOf [
          (types.listOf (
            types.oneOf [
              types.int
              types.str
              types.path
            ]
          ))
          types.int
          types.str
          types.path
        ]
      )
    );
    # A list is a search path.
    apply = lib.mapAttrs (_: v: if builtins.isList v then lib.concatMapStringsSep ":" toString v else v);
    default = { };
    example = {
      EDITOR = "nvim";
    };
  };
in
{
  options.environment = {
    variables = variables // {
      description = "Variables set by the shells.";
    };
    sessionVariables = variables // {
      description = "Variables set when somebody logs in.";
    };
    shellAliases = mkOption {
      type = types.attrsOf (types.nullOr (types.either types.str types.path));
      default = { };
      example = {
        ll = "ls -l";
      };
      description = "Short names for commands, in every shell.";
    };
    shells = mkOption {
      type = types.listOf (types.either types.shellPackage types.path);
      default = [ ];
      description = "Shells that users may have.";
    };
    localBinInPath = lib.mkEnableOption "~/.local/bin in PATH";
    interactiveShellInit = mkOption {
      type = types.lines;
      default = "";
      description = "Commands for every interactive shell.";
    };
    loginShellInit = mkOption {
      type = types.lines;
      default = "";
      description = "Commands for every login shell.";
    };
  };

  config.environment = {
    shellAliases = lib.mapAttrs (_: lib.mkDefault) {
      ls = "ls --color=tty";
      ll = "ls -l";
      l = "ls -alh";
    };
    variables = cfg.sessionVariables;
    etc."set-environment".text = lib.concatStrings (
      lib.mapAttrsToList (n: v: "export ${n}=${lib.escapeShellArg v}\n") (
        lib.filterAttrs (_: v: v != null) cfg.variables
      )
    );
  };
}
