[ ./a ../b/${"c"}/d /e ~/f <g/h> i/j http://k.l/m 1/2 ]
