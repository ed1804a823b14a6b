{ outputs = inputs: { x = self.y; }; }
