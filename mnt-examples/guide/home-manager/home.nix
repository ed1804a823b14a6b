# The home of all three.
{ pkgs, osConfig, ... }:
{
  home.username = "my-user";
  home.homeDirectory = "/home/my-user";
  home.stateVersion = "25.05";
  home.packages = [ pkgs.jq ];
  home.sessionVariables.MACHINE = if osConfig == null then "any" else osConfig.networking.hostName;
  programs.git.enable = true;
}
