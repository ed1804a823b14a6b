{ outputs = { self }: { x = "a"; }; }
