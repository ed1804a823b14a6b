# Conditions that must hold for a system to be built, and things to be said.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    assertions = mkOption {
      type = types.listOf types.unspecified;
      internal = true;
      default = [ ];
      example = [
        {
          assertion = false;
          message = "foo and bar exclude each other";
        }
      ];
      description = "Conditions without which no system is made, each with the message to show when it fails.";
    };
    warnings = mkOption {
      type = types.listOf types.str;
      internal = true;
      default = [ ];
      example = [ "the service `foo' is old; `bar' does the same" ];
      description = "Messages shown when the system is evaluated.";
    };
  };
}
