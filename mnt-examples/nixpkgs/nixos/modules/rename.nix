# Options that have another name now, and those that are gone.
{ lib, ... }:
let
  inherit (lib) mkRemovedOptionModule mkRenamedOptionModule;
in
{
  imports = [
    (mkRenamedOptionModule [ "hardware" "opengl" "enable" ] [ "hardware" "graphics" "enable" ])
    (mkRenamedOptionModule
      [ "hardware" "opengl" "driSupport32Bit" ]
      [ "hardware" "graphics" "enable32Bit" ]
    )
    (mkRenamedOptionModule [ "services" "xserver" "layout" ] [ "services" "xserver" "xkb" "layout" ])
    (mkRenamedOptionModule [ "fonts" "fonts" ] [ "fonts" "packages" ])
    (mkRenamedOptionModule [ "nix" "maxJobs" ] [ "nix" "settings" "max-jobs" ])
    (mkRenamedOptionModule [ "nix" "buildCores" ] [ "nix" "settings" "cores" ])
    (mkRenamedOptionModule [ "nix" "trustedUsers" ] [ "nix" "settings" "trusted-users" ])
    (mkRenamedOptionModule [ "nix" "autoOptimiseStore" ] [ "nix" "settings" "auto-optimise-store" ])
    (mkRenamedOptionModule [ "boot" "cleanTmpDir" ] [ "boot" "tmp" "cleanOnBoot" ])
    (mkRenamedOptionModule
      [ "services" "openssh" "passwordAuthentication" ]
      [ "services" "openssh" "settings" "PasswordAuthentication" ]
    )
    (mkRenamedOptionModule
      [ "services" "openssh" "permitRootLogin" ]
      [ "services" "openssh" "settings" "PermitRootLogin" ]
    )
    (mkRemovedOptionModule [ "sound" "enable" ] "Sound is up to services.pipewire.")
    (mkRemovedOptionModule [ "networking" "useIPv4" ] "There has always been IPv4.")
  ];
}
