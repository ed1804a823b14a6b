let f = entries: name: builtins.tryEval (baseNameOf (toString (builtins.findFile entries name)));
in [
  (f [ { path = ./.; } ] "eval-okay-placeholders.nix")
  (f [ { path = ./.; prefix = "here"; } ] "here/eval-okay-placeholders.nix")
  (f [ { path = ./.; prefix = "here"; } ] "hereafter/eval-okay-placeholders.nix")
  (f [ { path = ./.; prefix = "here"; } ] "eval-okay-placeholders.nix")
  (f [ { path = ./missing; prefix = "x"; } { path = ./.; prefix = "x"; } ] "x/eval-okay-placeholders.nix")
  (f [ { path = ./eval-okay-placeholders.nix; prefix = "a/b"; } ] "a/b")
  (f [ { path = ./.; prefix = ""; } ] "nowhere")
  (f [ ] "nix/fetchurl.nix")
]
