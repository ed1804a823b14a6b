# Attribute sets.
{ lib }:
let
  inherit (builtins)
    attrNames
    concatMap
    elemAt
    filter
    head
    isAttrs
    length
    listToAttrs
    mapAttrs
    removeAttrs
    tail
    ;
in
rec {
  inherit (builtins)
    attrNames
    attrValues
    catAttrs
    getAttr
    hasAttr
    intersectAttrs
    isAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    zipAttrsWith
    ;

  attrByPath =
    path: default: set:
    if path == [ ] then
      set
    else if isAttrs set && set ? ${head path} then
      attrByPath (tail path) default set.${head path}
    else
      default;
  hasAttrByPath =
    path: set: path == [ ] || (set ? ${head path} && hasAttrByPath (tail path) set.${head path});
  getAttrFromPath =
    path: set:
    attrByPath path (throw "there is no attribute `${builtins.concatStringsSep "." path}' in this set")
      set;
  setAttrByPath =
    path: value: if path == [ ] then value else { ${head path} = setAttrByPath (tail path) value; };

  nameValuePair = name: value: { inherit name value; };
  genAttrs = names: f: listToAttrs (map (n: nameValuePair n (f n)) names);
  genAttrs' = xs: f: listToAttrs (map f xs);
  getAttrs = names: set: genAttrs names (n: set.${n});
  attrVals = names: set: map (n: set.${n}) names;
  attrsToList = mapAttrsToList nameValuePair;
  optionalAttrs = cond: set: if cond then set else { };

  filterAttrs = pred: set: removeAttrs set (filter (n: !pred n set.${n}) (attrNames set));
  filterAttrsRecursive =
    pred: set:
    mapAttrs (_: v: if isAttrs v then filterAttrsRecursive pred v else v) (filterAttrs pred set);

  mapAttrs' = f: set: listToAttrs (map (n: f n set.${n}) (attrNames set));
  mapAttrsToList = f: set: map (n: f n set.${n}) (attrNames set);
  mapAttrsToListRecursive =
    f: set:
    let
      go =
        path:
        concatMap (
          n:
          let
            v = path.set.${n};
            at = path.at ++ [ n ];
          in
          if isAttrs v && !isDerivation v then
            go {
              inherit at;
              set = v;
            }
          else
            [ (f at v) ]
        ) (attrNames path.set);
    in
    go {
      at = [ ];
      inherit set;
    };
  concatMapAttrs = f: set: builtins.foldl' (a: b: a // b) { } (mapAttrsToList f set);
  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);
  mapAttrsRecursiveCond =
    cond: f: set:
    let
      go =
        path:
        mapAttrs (
          name: value:
          let
            at = path ++ [ name ];
          in
          if isAttrs value && cond value then go at value else f at value
        );
    in
    go [ ] set;

  foldlAttrs =
    f: init: set:
    builtins.foldl' (acc: n: f acc n set.${n}) init (attrNames set);
  foldAttrs =
    op: nul: sets:
    mapAttrs (_: lib.foldr op nul) (zipAttrs sets);
  zipAttrs = builtins.zipAttrsWith (_: vs: vs);
  zipAttrsWithNames =
    names: f: sets:
    genAttrs names (n: f n (builtins.catAttrs n sets));
  cartesianProduct =
    sets:
    builtins.foldl' (acc: n: concatMap (a: map (v: a // { ${n} = v; }) sets.${n}) acc) [ { } ] (
      attrNames sets
    );

  # Sets are merged at every depth; anything else on the right replaces the left.
  recursiveUpdate = recursiveUpdateUntil (
    _: lhs: rhs:
    !(isAttrs lhs && isAttrs rhs)
  );
  recursiveUpdateUntil =
    stop: lhs: rhs:
    let
      go =
        path:
        builtins.zipAttrsWith (
          n: values:
          let
            here = path ++ [ n ];
          in
          if length values == 1 || stop here (elemAt values 1) (head values) then
            head values
          else
            go here values
        );
    in
    # The right side stands first, because zipAttrsWith keeps that order.
    go [ ] [
      rhs
      lhs
    ];
  unionOfDisjoint =
    x: y:
    let
      both = builtins.intersectAttrs x y;
    in
    if both == { } then
      x // y
    else
      throw "unionOfDisjoint: both sides have ${builtins.concatStringsSep ", " (attrNames both)}";
  matchAttrs =
    pattern: set:
    lib.all (
      n:
      set ? ${n}
      && (
        if isAttrs pattern.${n} then
          isAttrs set.${n} && matchAttrs pattern.${n} set.${n}
        else
          pattern.${n} == set.${n}
      )
    ) (attrNames pattern);
  updateManyAttrsByPath =
    updates: set:
    builtins.foldl' (
      acc: u:
      let
        go =
          path: value:
          if path == [ ] then
            u.update value
          else
            value // { ${head path} = go (tail path) (value.${head path} or { }); };
      in
      go u.path acc
    ) set updates;

  # Every value for which pred holds, however deep; what it holds is not searched.
  collect =
    pred: v:
    if pred v then
      [ v ]
    else if isAttrs v then
      concatMap (collect pred) (builtins.attrValues v)
    else
      [ ];

  isDerivation = v: v.type or null == "derivation";
  toDerivation =
    path:
    let
      path' = builtins.storePath path;
    in
    {
      type = "derivation";
      name = builtins.unsafeDiscardStringContext (builtins.substring 33 (-1) (baseNameOf path'));
      outPath = path';
      outputs = [ "out" ];
      outputName = "out";
      out = path';
    };
  recurseIntoAttrs = set: set // { recurseForDerivations = true; };

  getOutput = output: pkg: if pkg.outputSpecified or false then pkg else pkg.${output} or pkg.out or pkg;
  getBin = getOutput "bin";
  getLib = getOutput "lib";
  getDev = getOutput "dev";
  getMan = getOutput "man";
}
