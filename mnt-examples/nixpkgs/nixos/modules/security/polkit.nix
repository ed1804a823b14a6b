# Rights of programs in a session.
{ lib, ... }:
{
  options.security = {
    polkit = {
      enable = lib.mkEnableOption "polkit";
      extraConfig = lib.mkOption {
        type = lib.types.lines;
        default = "";
        description = "Rules, in JavaScript.";
      };
    };
    rtkit.enable = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether programs of users can run in real time.";
    };
  };
}
