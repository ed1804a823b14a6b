throw { outPath = "x"; }
