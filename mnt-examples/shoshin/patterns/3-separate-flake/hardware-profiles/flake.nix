# Pattern 3: a flake with the hardware profiles and nothing else. It needs no
# inputs.
{
  description = "Hardware profiles";

  outputs =
    { self }:
    {
      lib = {
        shoshin = import ./hardware/shoshin.nix;
        kinoite = import ./hardware/kinoite.nix;
      };
      hardwareProfiles = self.lib;

      # The same as modules, for those who want no argument.
      nixosModules = {
        shoshin-hardware = {
          _module.args.hardwareProfile = self.lib.shoshin;
        };
        kinoite-hardware = {
          _module.args.hardwareProfile = self.lib.kinoite;
        };
      };
    };
}
