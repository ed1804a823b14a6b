let or = x: x; in [ 1 ] |> map (x: x + 1) |> or
