# Who looks after a module. Definitions of all modules are put together.
{ lib, ... }:
{
  options.meta = {
    maintainers = lib.mkOption {
      type = lib.types.listOf lib.types.raw;
      internal = true;
      default = [ ];
      description = "People who look after modules.";
    };
    doc = lib.mkOption {
      type = lib.types.listOf lib.types.path;
      internal = true;
      default = [ ];
      description = "Chapters of the manual.";
    };
  };
}
