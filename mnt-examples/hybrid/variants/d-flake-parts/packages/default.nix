{ self, lib, ... }:
{
  perSystem =
    { pkgs, system, ... }:
    {
      packages = import ../../../packages { inherit self pkgs system; };
      devShells.default = pkgs.mkShell { packages = [ pkgs.nixfmt ]; };
    };
}
