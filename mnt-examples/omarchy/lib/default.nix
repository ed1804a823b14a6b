# From an entry of the inventory to a module.
{ lib }:
let
  features = import ./features.nix { inherit lib; };
in
{
  inherit features;

  # With default priority throughout: a host can say otherwise.
  fromInventory =
    machine:
    let
      wanted = machine.features or [ ];
      chosen = if wanted == [ "all" ] then lib.attrNames features else wanted;
      unknown = lib.filter (f: !features ? ${f}) chosen;
    in
    {
      _file = ../machines.nix;
      imports = [ lib.machineTypes.${machine.type} ] ++ map (f: features.${f} or { }) chosen;
      config = {
        profiles = lib.genAttrs machine.profiles (_: { enable = lib.mkDefault true; });
        machine = {
          inherit (machine) type;
          features = chosen;
        };
        assertions = [
          {
            assertion = unknown == [ ];
            message = "machines.nix asks for features that don't exist: ${toString unknown}.";
          }
        ];
      };
    };
}
