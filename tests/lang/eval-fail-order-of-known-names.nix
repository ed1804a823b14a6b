# Names that Nix knows before it parses come first in a set, in its order.
{ first = throw "first"; map = throw "map"; import = throw "import"; default = throw "default"; }
== { map = throw "map"; default = throw "default"; import = throw "import"; first = throw "first"; }
