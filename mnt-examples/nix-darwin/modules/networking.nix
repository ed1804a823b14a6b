# Names.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  name =
    default: description:
    mkOption {
      type = types.nullOr types.str;
      inherit default description;
    };
in
{
  options = {
    networking = {
      hostName = name null "The machine's name.";
      computerName = name config.networking.hostName "The name that people see.";
      localHostName = name config.networking.hostName "The name in the local network.";
      knownNetworkServices = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "Wi-Fi" ];
        description = "Networks to set up.";
      };
      dns = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Addresses of name servers.";
      };
    };
    time.timeZone = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The time zone.";
    };
  };
}
