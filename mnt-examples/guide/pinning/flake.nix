# Inputs as they are in most repositories: by GitHub, pinned by the lock file to
# a revision and a hash. (The pins here are made up: nothing can be fetched.) It
# evaluates with other inputs in their place:
#
#   flakefs mnt-examples/guide/pinning /mnt -o override-input=nixpkgs=./mnt-examples/nixpkgs
{
  inputs = {
    nixpkgs.url = "github:nixos/nixpkgs/nixos-25.11";
    home-manager = {
      url = "github:nix-community/home-manager/release-25.11";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    # Files, no flake.
    wallpapers = {
      url = "github:example/wallpapers";
      flake = false;
    };
  };

  outputs =
    { nixpkgs, wallpapers, ... }:
    {
      nixosConfigurations.pinned = nixpkgs.lib.nixosSystem {
        modules = [
          {
            nixpkgs.hostPlatform = "x86_64-linux";
            networking.hostName = "pinned";
            boot.loader.systemd-boot.enable = true;
            fileSystems."/".device = "/dev/disk/by-label/nixos";
            system.stateVersion = "25.11";
            # Only this needs the wallpapers.
            environment.etc."wallpaper".source = "${wallpapers}/blue.png";
          }
        ];
      };
    };
}
