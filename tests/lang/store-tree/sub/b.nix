{ three = 3; here = ./.; a = builtins.readFile ../a.txt; }
