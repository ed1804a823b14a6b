# Changes that reach everything that depends on what is changed.
final: prev: {
  openssl = prev.openssl.overrideAttrs (old: {
    version = "3.6.0-patched";
  });
  hello = prev.hello.override { greeting = "Hello from the overlay"; };
  my-app = final.callPackage ../pkgs/my-app { withColours = false; };
}
