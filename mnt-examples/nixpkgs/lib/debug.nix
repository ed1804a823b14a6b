# Looking at values while they are evaluated.
{ lib }:
rec {
  inherit (builtins) addErrorContext trace;
  traceIf =
    cond: msg: x:
    if cond then trace msg x else x;
  traceVal = traceValFn (x: x);
  traceValFn = f: x: trace (f x) x;
  traceSeq = x: y: trace (builtins.deepSeq x x) y;
  traceValSeq = x: traceSeq x x;
}
