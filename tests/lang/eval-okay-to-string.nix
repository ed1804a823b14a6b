map toString [ 1 1.5 true false null "s" [ 1 [ ] [ 2 [ ] ] "x" ] { outPath = "o"; } /a/b (-0.0) 1.0e20 [ [ ] ] [ "" "" ] ]
