# Builds that use the machine well.
{ lib, hardwareProfile, ... }:
let
  inherit (hardwareProfile) build;
in
{
  nix.settings = {
    # Two builds more would swap.
    auto-optimise-store = lib.mkDefault true;
    system-features = [ "gccarch-${build.compiler.march}" ];
  };

  nix.gc = {
    automatic = true;
    dates = "weekly";
    options = "--delete-older-than 14d";
  };

  environment.variables.NIX_CFLAGS_COMPILE = "-march=${build.compiler.march} -mtune=${build.compiler.mtune}";
}
