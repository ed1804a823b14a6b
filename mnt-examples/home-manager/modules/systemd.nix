# Services of the user.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  atom = types.oneOf [
    types.bool
    types.int
    types.str
    types.path
  ];
  units =
    what:
    mkOption {
      type = types.attrsOf (types.attrsOf (types.attrsOf (types.either atom (types.listOf atom))));
      default = { };
      description = "The user's ${what}: sections with their settings.";
    };
in
{
  options.systemd.user = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether units of the user are managed.";
    };
    services = units "services";
    timers = units "timers";
    sessionVariables = mkOption {
      type = types.attrsOf (types.either types.int types.str);
      default = { };
      description = "Variables for them.";
    };
    startServices = mkOption {
      type = types.either types.bool (types.enum [ "suggest" "legacy" "sd-switch" ]);
      default = true;
      description = "Whether a switch starts and stops them.";
    };
  };
  config.xdg.configFile = lib.mapAttrs' (
    name: unit:
    lib.nameValuePair "systemd/user/${name}.service" {
      text = lib.generators.toINI { listsAsDuplicateKeys = true; } unit;
    }
  ) config.systemd.user.services;
}
