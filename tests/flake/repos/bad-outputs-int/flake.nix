{ outputs = { self }: 5; }
