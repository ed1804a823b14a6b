let
  tree = "${./store-tree}";
  some = builtins.path {
    name = "some";
    path = ./store-tree;
    filter = path: type: baseNameOf path != "skip" && type != "symlink";
  };
  text = builtins.toFile "text.nix" "{ x = 1; tree = \"${tree}\"; }";
in
[
  (builtins.readDir tree)
  (builtins.readFile "${tree}/a.txt")
  (builtins.readFile "${tree}/link")
  (import tree).three
  (import "${tree}/sub/b.nix").a
  (map (p: builtins.pathExists "${tree}/${p}") [ "a.txt" "skip/c.txt" "none" "a.txt/" "sub/" ])
  (builtins.readDir some)
  (map (p: builtins.pathExists "${some}/${p}") [ "a.txt" "skip" "skip/c.txt" "link" "sub/b.nix" ])
  (builtins.readFileType "${some}/sub")
  (import text).x
  (builtins.readFile text == "{ x = 1; tree = \"${tree}\"; }")
  (builtins.getContext (builtins.readFile text) == builtins.getContext tree)
  (builtins.path { path = some; name = "some"; } == some)
  (builtins.readFile (builtins.filterSource (p: t: true) ./store-tree + "/a.txt"))
  (builtins.hashFile "sha256" "${tree}/a.txt")
]
