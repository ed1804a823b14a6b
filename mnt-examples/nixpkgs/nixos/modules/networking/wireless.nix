# Wireless networks without NetworkManager.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.networking.wireless = {
    enable = lib.mkEnableOption "wpa_supplicant";
    interfaces = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Its interfaces.";
    };
    networks = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = {
            pskRaw = mkOption {
              type = types.nullOr types.str;
              default = null;
              description = "The key, or `ext:name` of one in a secrets file.";
            };
            hidden = mkOption {
              type = types.bool;
              default = false;
              description = "Whether the network doesn't tell its name.";
            };
            priority = mkOption {
              type = types.nullOr types.int;
              default = null;
              description = "Networks with a higher number are tried first.";
            };
          };
        }
      );
      default = { };
      description = "Networks to join.";
    };
    iwd.enable = lib.mkEnableOption "iwd";
  };
}
