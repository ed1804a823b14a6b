{ description = "a" + "b"; outputs = { self }: { x = 1; }; }
