# The Mac.
{ pkgs, ... }:
{
  networking.hostName = "my-mac";
  system.stateVersion = 6;
  system.primaryUser = "my-user";
  system.defaults.dock.autohide = true;
  system.defaults.NSGlobalDomain.AppleInterfaceStyle = "Dark";

  environment.systemPackages = [ pkgs.git ];
  homebrew = {
    enable = true;
    casks = [
      "firefox"
      {
        name = "obsidian";
        args = [ "no-quarantine" ];
      }
    ];
  };
  users.users.my-user.home = "/Users/my-user";
  home-manager = {
    useGlobalPkgs = true;
    users.my-user = {
      imports = [ ../../modules/home-manager/common.nix ];
      home.packages = [ pkgs.jq ];
    };
  };
}
