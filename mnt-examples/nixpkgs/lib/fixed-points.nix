# Sets that refer to their own finished selves, and ways to extend them.
{ ... }:
rec {
  # The x for which x = f x: f receives its own result, lazily.
  fix =
    f:
    let
      x = f x;
    in
    x;

  # Lay an overlay (final: prev: { ... }) over a self-referring set.
  extends =
    overlay: f: final:
    let
      prev = f final;
    in
    prev // overlay final prev;

  # Two overlays as one; the second sees what the first made.
  composeExtensions =
    f: g: final: prev:
    let
      once = f final prev;
    in
    once // g final (prev // once);

  composeManyExtensions = builtins.foldl' composeExtensions (_: _: { });

  # A set with `extend`, which gives the same set with an overlay on it.
  makeExtensible = makeExtensibleWithCustomName "extend";

  makeExtensibleWithCustomName =
    extenderName: rattrs:
    fix (
      final:
      rattrs final
      // {
        ${extenderName} = f: makeExtensibleWithCustomName extenderName (extends f rattrs);
      }
    );

  # What may be given where an overlay is wanted: a set, a function of the
  # previous set, or an overlay.
  toExtension =
    f:
    if builtins.isFunction f then
      final: prev:
      let
        fPrev = f prev;
      in
      if builtins.isFunction fPrev then f final prev else fPrev
    else
      _: _: f;

  # Apply f until nothing changes any more.
  converge =
    f: x:
    let
      next = f x;
    in
    if next == x then x else converge f next;
}
