let
  mk = attrs: derivation ({ name = "n"; builder = "b"; system = "s"; } // attrs);
  both = d: [ d.drvPath d.outPath ];
  dep = mk { name = "dep"; outputs = [ "out" "dev" ]; };
  fixed = mk { name = "fixed"; outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; };
in
map both [
  (mk { })
  (mk { args = [ "a" 1 true null [ "x" "y" ] 1.5 ]; })
  (mk { a = "quote \" back \\ slash \n \r \t é"; })
  (mk { i = 1; f = 0.5; t = true; n = null; l = [ 1 [ ] [ 2 ] "x" ]; s = { __toString = _: "y"; }; o = { outPath = "z"; }; })
  (mk { outputs = [ "dev" "out" "man" ]; })
  (let s = builtins.derivationStrict { name = "n"; builder = "b"; system = "s"; outputs = "out  dev\tman\n"; }; in s // { outPath = s.man; })
  (mk { x = dep; y = dep.dev; })
  (mk { x = "${dep}/a ${dep.dev}"; })
  fixed
  (mk { src = fixed; })
  (mk { outputHash = "da39a3ee5e6b4b0d3255bfef95601890afd80709"; outputHashAlgo = "sha1"; outputHashMode = "recursive"; })
  (mk { outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; outputHashMode = "recursive"; src = dep; })
  (mk { outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; outputHashMode = "nar"; outputHashAlgo = null; })
  (mk { __ignoreNulls = true; a = null; b = 1; })
  (mk { __contentAddressed = false; __impure = false; })
  (mk { text = builtins.toFile "text" "contents"; })
  (mk { drv = builtins.unsafeDiscardOutputDependency dep.drvPath; })
  (mk { drv = builtins.unsafeDiscardStringContext dep.drvPath; })
]
