# Networks that come and go.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.networking.networkmanager;
in
{
  options.networking.networkmanager = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether NetworkManager looks after the network; users in the group networkmanager can change it.";
    };
    dns = mkOption {
      type = types.enum [
        "default"
        "dnsmasq"
        "systemd-resolved"
        "none"
      ];
      default = "default";
      description = "Who answers for names.";
    };
    wifi = {
      backend = mkOption {
        type = types.enum [
          "wpa_supplicant"
          "iwd"
        ];
        default = "wpa_supplicant";
        description = "Who talks to the wireless card.";
      };
      powersave = mkOption {
        type = types.nullOr types.bool;
        default = null;
        description = "Whether the wireless card saves power.";
      };
      macAddress = mkOption {
        type = types.either types.str (
          types.enum [
            "permanent"
            "preserve"
            "random"
            "stable"
          ]
        );
        default = "preserve";
        description = "Which hardware address it shows.";
      };
    };
    unmanaged = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Interfaces to leave alone.";
    };
    plugins = mkOption {
      type = types.listOf types.package;
      default = [ ];
      description = "Packages with plugins.";
    };
  };
  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ pkgs.networkmanager ];
    networking.useDHCP = lib.mkDefault false;
    systemd.services.NetworkManager = {
      description = "Network Manager";
      wantedBy = [ "network.target" ];
      serviceConfig.ExecStart = "${pkgs.networkmanager}/sbin/NetworkManager --no-daemon";
    };
    assertions = [
      {
        assertion = !(config.networking.wireless.enable && cfg.unmanaged == [ ]);
        message = "networking.networkmanager and networking.wireless both want the wireless card.";
      }
    ];
  };
}
