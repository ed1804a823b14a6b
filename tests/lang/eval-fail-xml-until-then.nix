[ 1 { a = 2; b = [ (throw "x") ]; } 3 ]
