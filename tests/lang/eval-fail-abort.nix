abort "all ${"of"} it"
