# Mistakes that were made once.
{
  config,
  lib,
  pkgs,
  ...
}:
{
  assertions = [
    {
      assertion = config.desktop.sway.headless -> config.desktop.sway.enable;
      message = "desktop.sway.headless is set, but not desktop.sway.enable.";
    }
    {
      assertion = config.services.wayvnc.enable -> config.desktop.sway.headless;
      message = "wayvnc is for sessions without a screen: set desktop.sway.headless.";
    }
  ];
  warnings =
    lib.optional (config.hardware.asahi.enable && !pkgs.stdenv.hostPlatform.isAarch64)
      "hardware.asahi is enabled on a machine that isn't Apple's.";
}
