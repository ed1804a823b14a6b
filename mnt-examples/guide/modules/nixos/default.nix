# All of them.
{
  imports = [
    ./common.nix
    ./desktop.nix
    ./services/webserver.nix
    ./services/database.nix
  ];
}
