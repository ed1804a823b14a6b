{ config, lib, ... }:
{
  options.guide.database.enable = lib.mkEnableOption "the database";
  config = lib.mkIf config.guide.database.enable {
    services.postgresql = {
      enable = true;
      ensureDatabases = [ "app" ];
    };
  };
}
