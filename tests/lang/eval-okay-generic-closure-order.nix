builtins.genericClosure {
  startSet = [ { key = 5; from = 0; } { key = 5; from = 1; } { key = 9; } ];
  operator = item: [ { key = if item.key / 2 * 2 == item.key then item.key / 2 else 3 * item.key + 1; } ];
}
