# What the flake builds beside machines.
{ self, pkgs, system }:
{
  # A root file system for containers, with the environment `code`.
  container-minimal = pkgs.buildEnv {
    name = "container-minimal";
    paths = [
      pkgs.bash
      pkgs.coreutils
      pkgs.neovim
    ];
  };
  metadata = pkgs.writeText "metadata.json" (
    builtins.toJSON {
      inherit system;
      hosts = builtins.attrNames self.nixosConfigurations;
      homes = builtins.attrNames self.homeConfigurations;
    }
  );
  default = pkgs.hello;
}
