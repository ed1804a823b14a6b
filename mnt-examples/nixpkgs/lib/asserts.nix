# `assert lib.assertMsg cond "why"` says why before it fails.
{ lib }:
rec {
  assertMsg = cond: msg: cond || throw msg;
  assertOneOf =
    name: value: allowed:
    assertMsg (builtins.elem value allowed) "${name} must be one of ${
      lib.generators.toPretty { } allowed
    }, but is ${lib.generators.toPretty { } value}";
}
