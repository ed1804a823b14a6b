# Functions that modules offer to each other.
{ lib, ... }:
{
  options.lib = lib.mkOption {
    type = lib.types.attrsOf lib.types.attrs;
    default = { };
    description = "Functions and other values that modules share, as `config.lib.<module>.<name>`.";
  };
}
