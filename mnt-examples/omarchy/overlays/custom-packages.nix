# Packages of our own. An overlay knows packages only, no configuration: what
# goes into an environment is chosen by its arguments.
final: prev: {
  my-dev-env = final.lib.makeOverridable (
    {
      python ? true,
      nodejs ? false,
    }:
    prev.buildEnv {
      name = "my-dev-env";
      paths = final.lib.optional python final.python312 ++ final.lib.optional nodejs final.nodejs;
    }
  ) { };

  # Octave with less in it.
  octave-minimal = prev.octave.overrideAttrs (old: {
    pname = "octave-minimal";
    meta = old.meta // {
      description = "${old.meta.description}, without windows";
    };
  });
}
