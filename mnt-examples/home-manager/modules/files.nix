# Files in the home folder.
{ config, lib, ... }:
{
  options.home.file = lib.mkOption {
    type = lib.types.attrsOf (lib.types.submodule (import ./file-type.nix { inherit lib; }));
    default = { };
    example = lib.literalExpression ''{ ".npmrc".text = "save-exact=true"; }'';
    description = "Files below the home folder.";
  };

  config.assertions = lib.mapAttrsToList (name: f: {
    assertion = !f.enable || f.text != null || f.source != null;
    message = "home.file.\"${name}\" has neither text nor source.";
  }) config.home.file;
}
