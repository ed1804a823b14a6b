# Languages.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.i18n;
in
{
  options.i18n = {
    defaultLocale = mkOption {
      type = types.str;
      default = "en_US.UTF-8";
      example = "nl_NL.UTF-8";
      description = "The language of messages, and how dates and numbers look.";
    };
    extraLocaleSettings = mkOption {
      type = types.attrsOf types.str;
      default = { };
      example = {
        LC_TIME = "de_DE.UTF-8";
      };
      description = "Parts of it that differ.";
    };
    supportedLocales = mkOption {
      type = types.listOf types.str;
      default = lib.unique (
        map (l: l + "/UTF-8") (
          [
            "C.UTF-8"
            "en_US.UTF-8"
            cfg.defaultLocale
          ]
          ++ lib.attrValues (lib.filterAttrs (n: _: n != "LANGUAGE") cfg.extraLocaleSettings)
        )
      );
      defaultText = lib.literalMD "the ones in use";
      description = "The locales that programs can use.";
    };
    inputMethod = {
      enable = lib.mkEnableOption "an additional input method";
      type = mkOption {
        type = types.nullOr (
          types.enum [
            "ibus"
            "fcitx5"
            "kime"
          ]
        );
        default = null;
        description = "Which input method.";
      };
    };
  };

  config = {
    environment.sessionVariables = {
      LANG = cfg.defaultLocale;
    }
    // cfg.extraLocaleSettings;
    environment.etc."locale.conf".text = lib.generators.toKeyValue { } (
      { LANG = cfg.defaultLocale; } // cfg.extraLocaleSettings
    );
  };
}
