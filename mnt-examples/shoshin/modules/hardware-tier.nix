# A word for how much machine there is, for modules that scale with it.
{ config, lib, ... }:
{
  options.myCustomModules.hardwareTier = lib.mkOption {
    type = lib.types.enum [
      "small"
      "medium"
      "large"
    ];
    description = "How big the machine is, by its memory.";
  };

  config.myCustomModules.hardwareTier = lib.mkDefault (
    if config.hardware.profile.memory.total == "16" then
      "medium"
    else if config.hardware.profile.memory.total == "8" then
      "small"
    else
      "large"
  );
}
