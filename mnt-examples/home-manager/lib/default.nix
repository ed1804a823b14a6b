# What home-manager adds to the library, as `lib.hm`: things that happen in an order.
{ lib }:
{
  dag = rec {
    entryBetween = before: after: data: { inherit before after data; };
    entryAnywhere = entryBetween [ ] [ ];
    entryAfter = entryBetween [ ];
    entryBefore = before: entryBetween before [ ];
    isEntry = e: e ? data && e ? after && e ? before;

    # Entries by name -> { result = [ { name, data } ]; } or what toposort says of a circle.
    topoSort =
      dag:
      let
        nodes = lib.mapAttrsToList (name: e: e // { inherit name; }) dag;
        isBefore = a: b: lib.elem a.name b.after || lib.elem b.name a.before;
        sorted = lib.toposort isBefore nodes;
      in
      if sorted ? result then
        { result = map (e: { inherit (e) name data; }) sorted.result; }
      else
        sorted;
  };

  # An attribute set of entries; a bare value stands anywhere.
  types.dagOf =
    elemType:
    lib.types.attrsOf (
      lib.types.coercedTo elemType
        (data: {
          inherit data;
          before = [ ];
          after = [ ];
        })
        (
          lib.types.submodule {
            options = {
              data = lib.mkOption { type = elemType; };
              before = lib.mkOption {
                type = lib.types.listOf lib.types.str;
                default = [ ];
              };
              after = lib.mkOption {
                type = lib.types.listOf lib.types.str;
                default = [ ];
              };
            };
          }
        )
    );
}
