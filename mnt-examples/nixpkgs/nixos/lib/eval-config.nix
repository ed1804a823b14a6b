# A NixOS system from its modules: NixOS' own modules and those given.
args@{
  modules,
  # The machine's system, unless nixpkgs.hostPlatform says it. null: it must.
  system ? builtins.currentSystem,
  # A finished package set to use instead of making one.
  pkgs ? null,
  lib ? import ../../lib,
  specialArgs ? { },
  # Deprecated: _module.args does the same.
  extraArgs ? { },
  baseModules ? import ../modules/module-list.nix,
  extraModules ? [ ],
  prefix ? [ ],
  check ? true,
  # Where modules that are no files are said to be.
  modulesLocation ? (builtins.unsafeGetAttrPos "modules" args).file or null,
}:
let
  pkgsModule = {
    _file = ./eval-config.nix;
    key = ./eval-config.nix;
    config = lib.mkMerge (
      lib.optional (system != null) { nixpkgs.system = lib.mkDefault system; }
      ++ lib.optional (pkgs != null) { nixpkgs.pkgs = pkgs; }
    );
  };

  located =
    if modulesLocation == null then modules else map (lib.setDefaultModuleLocation modulesLocation) modules;

  legacy =
    lib.optional (args ? extraArgs) { _module.args = extraArgs; }
    ++ lib.optional (args ? check) { _module.check = lib.mkDefault check; };

  noUserModules = lib.evalModules {
    class = "nixos";
    inherit prefix;
    modules =
      baseModules
      ++ extraModules
      ++ [
        pkgsModule
        {
          _module.args = {
            inherit
              baseModules
              extraModules
              modules
              noUserModules
              ;
          };
        }
      ];
    specialArgs = {
      modulesPath = toString ../modules;
    }
    // specialArgs;
  };

  withPkgs =
    eval:
    eval
    // {
      inherit lib extraArgs;
      inherit (eval._module.args) pkgs;
      extendModules = more: withPkgs (eval.extendModules more);
    };
in
withPkgs (noUserModules.extendModules { modules = located ++ legacy; })
