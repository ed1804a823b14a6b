{ outputs = { self }: { x = ; }; }
