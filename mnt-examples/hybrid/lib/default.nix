# What the flake and its variants share.
{ self, inputs }:
let
  inherit (inputs) nixpkgs nixpkgs-bleeding home-manager;
in
rec {
  pkgsUnstableFor =
    system:
    import nixpkgs-bleeding {
      inherit system;
      config.allowUnfree = true;
    };

  # What a machine was built from, for whoever logs in to it.
  metadataModule =
    { config, ... }:
    {
      environment.etc."nixos-metadata".text = ''
        HOST=${config.networking.hostName}
        GIT_COMMIT=${self.rev or self.dirtyRev or "unknown"}
        GIT_SHORT=${self.shortRev or self.dirtyShortRev or "unknown"}
        LAST_MODIFIED=${toString (self.lastModified or "unknown")}
        NIXPKGS_REV=${nixpkgs.rev or "unknown"}
        HOME_MANAGER_REV=${home-manager.rev or "unknown"}
        NIXOS_VERSION=${config.system.nixos.version}
      '';
    };

  # home-manager inside a system, the same way for each.
  mkHomeModule =
    {
      user,
      system,
      imports,
    }:
    { config, ... }:
    {
      imports = [ home-manager.nixosModules.home-manager ];
      home-manager = {
        useGlobalPkgs = true; # the system's packages
        useUserPackages = true; # installed with the system
        backupFileExtension = "backup";
        extraSpecialArgs = {
          inherit inputs self;
          pkgs-unstable = pkgsUnstableFor system;
          osConfig = config;
        };
        users.${user} = { inherit imports; };
      };
    };

  mkSystem =
    {
      hostname,
      system,
      modules,
    }:
    nixpkgs.lib.nixosSystem {
      inherit system;
      specialArgs = { inherit inputs self; };
      modules = [
        metadataModule
        { networking.hostName = hostname; }
        (mkHomeModule {
          user = "vpittamp";
          inherit system;
          imports = [ ../home-vpittamp.nix ];
        })
      ]
      ++ modules;
    };
}
