throw [ 1 ]
