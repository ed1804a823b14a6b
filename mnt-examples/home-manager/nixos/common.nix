# Options for users' environments inside a system, on NixOS and on macOS.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.home-manager;
  extendedLib = lib.extend (final: prev: { hm = import ../lib { lib = final; }; });

  hmModule = types.submoduleWith {
    description = "Home Manager module";
    class = "homeManager";
    specialArgs = {
      lib = extendedLib;
      # The whole system's configuration.
      osConfig = config;
      modulesPath = toString ../modules;
    }
    // cfg.extraSpecialArgs;
    modules =
      import ../modules/modules.nix
      ++ [
        (
          { name, ... }:
          {
            home.username = lib.mkDefault config.users.users.${name}.name;
            home.homeDirectory = lib.mkDefault config.users.users.${name}.home;
            nixpkgs.pkgs =
              if cfg.useGlobalPkgs then
                pkgs
              else
                import pkgs.path { inherit (pkgs.hostPlatform) system; };
          }
        )
      ]
      ++ cfg.sharedModules;
  };
in
{
  options.home-manager = {
    useGlobalPkgs = lib.mkEnableOption "the system's package set for users";
    useUserPackages = lib.mkEnableOption "users' packages by users.users.<name>.packages";
    backupFileExtension = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "backup";
      description = "What is added to the name of a file that is in the way.";
    };
    extraSpecialArgs = mkOption {
      type = types.attrs;
      default = { };
      example = lib.literalExpression "{ inherit inputs; }";
      description = "Arguments for every module of users.";
    };
    sharedModules = mkOption {
      type = types.listOf types.raw;
      default = [ ];
      description = "Modules for all users.";
    };
    verbose = lib.mkEnableOption "many words at activation";
    users = mkOption {
      type = types.attrsOf hmModule;
      default = { };
      visible = "shallow";
      description = "The users' environments.";
    };
  };

  config = {
    warnings = lib.concatLists (
      lib.mapAttrsToList (user: c: map (w: "${user} profile: ${w}") c.warnings) cfg.users
    );
    assertions = lib.concatLists (
      lib.mapAttrsToList (
        user: c:
        map (a: {
          inherit (a) assertion;
          message = "${user} profile: ${a.message}";
        }) c.assertions
      ) cfg.users
    );
    users.users = lib.mkIf cfg.useUserPackages (
      lib.mapAttrs (_: c: { packages = [ c.home.path ]; }) cfg.users
    );
  };
}
