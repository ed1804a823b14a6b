map builtins.parseDrvName [ "nix-0.12pre12876" "nix" "a-b-1-2" "-1" "a-" "" "a--b" "x-y_z-é" "apache-httpd-2.0.48" ]
