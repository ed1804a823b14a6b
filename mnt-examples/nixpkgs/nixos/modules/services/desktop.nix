# Graphical sessions, sound, printing.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services;
  toggle =
    description:
    mkOption {
      type = types.bool;
      default = false;
      inherit description;
    };
in
{
  options.services = {
    xserver = {
      enable = toggle "Whether there is an X server.";
      videoDrivers = mkOption {
        type = types.listOf types.str;
        default = [
          "modesetting"
          "fbdev"
        ];
        example = [ "nvidia" ];
        description = "Drivers to try, in this order.";
      };
      xkb = {
        layout = mkOption {
          type = types.str;
          default = "us";
          description = "The keyboard's layout, or several with commas between.";
        };
        variant = mkOption {
          type = types.str;
          default = "";
          example = "colemak";
          description = "The variant of the layout.";
        };
        options = mkOption {
          type = types.commas;
          default = "terminate:ctrl_alt_bksp";
          description = "Options of the layout.";
        };
      };
      windowManager.i3.enable = lib.mkEnableOption "i3 window manager";
      dpi = mkOption {
        type = types.nullOr types.int;
        default = null;
        description = "Dots per inch.";
      };
    };
    displayManager = {
      enable = lib.mkEnableOption "a graphical login";
      defaultSession = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "The session that is chosen if nobody chooses.";
      };
      autoLogin = {
        enable = toggle "Whether somebody is logged in without being asked.";
        user = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Who.";
        };
      };
      sddm = {
        enable = toggle "Whether to enable SDDM.";
        wayland.enable = lib.mkEnableOption "SDDM on Wayland";
        theme = mkOption {
          type = types.str;
          default = "";
          description = "Its look.";
        };
      };
      gdm.enable = lib.mkEnableOption "GDM";
    };
    desktopManager = {
      plasma6.enable = toggle "Whether to enable the Plasma 6 desktop.";
      gnome.enable = toggle "Whether to enable the GNOME desktop.";
    };
    greetd = {
      enable = lib.mkEnableOption "greetd, a small login manager";
      settings = mkOption {
        type = (pkgs.formats.toml { }).type;
        default = { };
        description = "Its configuration.";
      };
    };
    pipewire = {
      enable = lib.mkEnableOption "PipeWire service";
      package = lib.mkPackageOption pkgs "pipewire" { };
      audio.enable = mkOption {
        type = types.bool;
        default = cfg.pipewire.alsa.enable || cfg.pipewire.jack.enable || cfg.pipewire.pulse.enable;
        defaultText = lib.literalMD "if any kind of sound is enabled";
        description = "Whether it is the sound server.";
      };
      alsa = {
        enable = lib.mkEnableOption "ALSA support";
        support32Bit = lib.mkEnableOption "ALSA for programs of 32 bits";
      };
      jack.enable = lib.mkEnableOption "JACK audio emulation";
      pulse.enable = lib.mkEnableOption "PulseAudio server emulation";
      wireplumber.enable = mkOption {
        type = types.bool;
        default = cfg.pipewire.enable;
        defaultText = lib.literalExpression "config.services.pipewire.enable";
        description = "Whether WirePlumber manages its sessions.";
      };
      extraConfig.pipewire = mkOption {
        type = types.lazyAttrsOf (pkgs.formats.json { }).type;
        default = { };
        description = "More configuration, by file.";
      };
    };
    pulseaudio.enable = toggle "Whether PulseAudio is the sound server.";
    printing = {
      enable = toggle "Whether to enable printing, by CUPS.";
      drivers = mkOption {
        type = types.listOf types.path;
        default = [ ];
        description = "Packages with drivers.";
      };
    };
    flatpak.enable = lib.mkEnableOption "flatpak";
    gnome.gnome-keyring.enable = toggle "Whether passwords are kept by GNOME Keyring.";
    dbus.enable = mkOption {
      type = types.bool;
      default = true;
      internal = true;
      description = "Whether programs can talk to each other by D-Bus.";
    };
    libinput = {
      enable = lib.mkEnableOption "libinput";
      touchpad.naturalScrolling = toggle "Whether scrolling moves the page, not the view.";
      touchpad.tapping = mkOption {
        type = types.bool;
        default = true;
        description = "Whether a tap is a click.";
      };
    };
    xrdp = {
      enable = lib.mkEnableOption "remote desktops by xrdp";
      openFirewall = toggle "Whether its port is opened in the firewall.";
      defaultWindowManager = mkOption {
        type = types.str;
        default = "xterm";
        description = "What is started.";
      };
      port = mkOption {
        type = types.port;
        default = 3389;
        description = "The port it listens on.";
      };
    };
    wayvnc.enable = lib.mkEnableOption "wayvnc, for sessions without a screen";
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.pipewire.enable {
      environment.systemPackages = [
        cfg.pipewire.package
      ]
      ++ lib.optional cfg.pipewire.wireplumber.enable pkgs.wireplumber;
      security.rtkit.enable = lib.mkDefault true;
      systemd.user.services.pipewire = {
        description = "PipeWire";
        serviceConfig.ExecStart = "${cfg.pipewire.package}/bin/pipewire";
      };
      assertions = [
        {
          assertion = cfg.pipewire.pulse.enable -> !cfg.pulseaudio.enable;
          message = "Both PipeWire (services.pipewire.pulse) and PulseAudio want to be the sound server.";
        }
      ];
    })
    (lib.mkIf cfg.printing.enable {
      environment.systemPackages = [ pkgs.cups ];
      systemd.services.cups = {
        description = "CUPS Printing Service";
        serviceConfig.ExecStart = "${pkgs.cups}/bin/cupsd -l";
      };
    })
    (lib.mkIf (cfg.displayManager.sddm.enable || cfg.displayManager.gdm.enable) {
      services.displayManager.enable = lib.mkDefault true;
      assertions = [
        {
          assertion = !(cfg.displayManager.sddm.enable && cfg.displayManager.gdm.enable);
          message = "Only one display manager can be enabled: sddm or gdm.";
        }
        {
          assertion = cfg.displayManager.autoLogin.enable -> cfg.displayManager.autoLogin.user != null;
          message = "services.displayManager.autoLogin.enable needs services.displayManager.autoLogin.user.";
        }
      ];
    })
    (lib.mkIf (cfg.desktopManager.plasma6.enable || cfg.desktopManager.gnome.enable || cfg.xserver.enable) {
      hardware.graphics.enable = lib.mkDefault true;
      services.libinput.enable = lib.mkDefault true;
    })
    (lib.mkIf cfg.desktopManager.plasma6.enable {
      environment.systemPackages = [ pkgs.kate ];
      xdg.portal.enable = lib.mkDefault true;
    })
    (lib.mkIf cfg.xrdp.enable {
      networking.firewall.allowedTCPPorts = lib.optional cfg.xrdp.openFirewall cfg.xrdp.port;
    })
  ];
}
