map { __functor = self: x: x + self.n; n = 1; } [ 1 2 ]
