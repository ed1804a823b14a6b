rec { a.b.c = 1; a.b.d = 2; a = { e = rec { f = 3; }; }; inherit (a) g h; inherit true; ${"i"} = 4; ${"j" + "k"}.l = 5; }
