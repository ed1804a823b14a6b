# The inventory: which machines there are, of which type, with which profiles
# and features. Everything else is in hosts/.
{
  ares = {
    system = "x86_64-linux";
    type = "laptop";
    user = "jpolo";
    profiles = [
      "desktop"
      "development"
    ];
    features = [
      "python"
      "nodejs"
    ];
  };

  workstation = {
    system = "x86_64-linux";
    type = "workstation";
    user = "jpolo";
    profiles = [
      "desktop"
      "development"
      "gaming"
      "power-user"
    ];
    features = [ "all" ];
  };

  web-server = {
    system = "x86_64-linux";
    type = "server";
    profiles = [ "server" ];
  };
  docker-server = {
    system = "x86_64-linux";
    type = "server";
    profiles = [ "server" ];
  };
  database-server = {
    system = "x86_64-linux";
    type = "server";
    profiles = [ "server" ];
  };
  monitoring-server = {
    system = "x86_64-linux";
    type = "server";
    profiles = [ "server" ];
  };
}
