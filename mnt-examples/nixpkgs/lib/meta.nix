# What is said about packages.
{ lib }:
rec {
  addMetaAttrs = new: drv: drv // { meta = drv.meta or { } // new; };
  setPrio = priority: addMetaAttrs { inherit priority; };
  lowPrio = setPrio 10;
  hiPrio = setPrio (-10);
  setName = name: drv: drv // { inherit name; };
  dontDistribute = addMetaAttrs { hydraPlatforms = [ ]; };
  availableOn = platform: pkg: !(pkg ? meta.platforms) || builtins.elem platform.system pkg.meta.platforms;
  getLicenseFromSpdxId =
    id:
    lib.findFirst (l: lib.toLower (l.spdxId or "") == lib.toLower id) {
      shortName = id;
    } (builtins.attrValues lib.licenses);

  # The program that a package is there for.
  getExe = x: getExe' x (x.meta.mainProgram or (lib.getName x));
  getExe' =
    x: program:
    if lib.isDerivation x then
      "${lib.getBin x}/bin/${program}"
    else
      throw "getExe: this is no package: ${lib.generators.toPretty { } x}";
}
