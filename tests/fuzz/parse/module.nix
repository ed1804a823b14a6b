{ config, lib, pkgs, ... }@args:
let
  inherit (lib) mkIf types;
  cfg = config.services.x;
in
{
  # a comment
  options.a.b = 1; options.a."c d" = [ 1 2.5 ./x ];
  config = mkIf cfg.enable { a.b = "x${toString 1}"; a.${cfg.n} = null; };
}
