# A small stand-in for nixpkgs, for the examples beside it.
#
# It has nixpkgs' shape: `lib` with the module system, `legacyPackages`, and
# `lib.nixosSystem`. Its packages can be evaluated, but what they would build is
# next to nothing.
{
  description = "A stand-in for nixpkgs: the module system, NixOS in small, some packages";

  outputs =
    { self }:
    let
      lib = import ./lib;
      forAllSystems = lib.genAttrs lib.systems.flakeExposed;
    in
    {
      lib = lib.extend (
        final: prev: {
          # A whole NixOS system from its modules.
          nixosSystem =
            args:
            import ./nixos/lib/eval-config.nix (
              {
                lib = final;
                # Not the machine that evaluates: nixpkgs.hostPlatform or `system` says it.
                system = null;
              }
              // args
              // {
                modules = args.modules ++ [
                  {
                    _file = "${./flake.nix}";
                    nixpkgs.flake.source = lib.mkDefault self.outPath;
                  }
                ];
              }
            );
        }
      );

      legacyPackages = forAllSystems (system: import ./. { inherit system; });

      nixosModules = {
        notDetected = ./nixos/modules/installer/scan/not-detected.nix;
        minimal = ./nixos/modules/profiles/minimal.nix;
        headless = ./nixos/modules/profiles/headless.nix;
      };

      checks = forAllSystems (system: { inherit (self.legacyPackages.${system}) hello; });
      formatter = forAllSystems (system: self.legacyPackages.${system}.nixfmt);
    };
}
