# A user's environment from its modules.
{
  configuration,
  pkgs,
  lib ? pkgs.lib,
  check ? true,
  extraSpecialArgs ? { },
}:
let
  extendedLib = lib.extend (final: prev: { hm = import ../lib { lib = final; }; });

  eval = extendedLib.evalModules {
    class = "homeManager";
    specialArgs = {
      lib = extendedLib;
      modulesPath = toString ./.;
      # No system around it: modules that look at the system's options see null.
      osConfig = null;
    }
    // extraSpecialArgs;
    modules =
      import ./modules.nix
      ++ [ configuration ]
      ++ [
        {
          _file = ./default.nix;
          _module.check = check;
          nixpkgs.pkgs = lib.mkDefault pkgs;
        }
      ];
  };

  failed = map (a: a.message) (lib.filter (a: !a.assertion) eval.config.assertions);
  activationPackage =
    if failed != [ ] then
      throw "\nThe home configuration contradicts itself:\n${
        lib.concatMapStringsSep "\n" (m: "- ${m}") failed
      }"
    else
      lib.showWarnings eval.config.warnings eval.config.home.activationPackage;
in
{
  inherit (eval) options config extendModules;
  inherit activationPackage;
  inherit (eval._module.args) pkgs;
  newsDisplay = "silent";
}
