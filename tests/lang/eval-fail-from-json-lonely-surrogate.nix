builtins.fromJSON "{\"a\": \"x\\ud800y\"}"
