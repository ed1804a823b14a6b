/*
 * test_eval.c - the language: scopes, laziness, operators, calls, errors
 *
 * The results are what Nix 2.34.8 gives.
 */
#include "expect.h"

static const struct expectation rows[] = {
	{ "let f = a: b: c: [ a b c ]; g = f 1; in g 2 3", "[ 1 2 3 ]" },
	{ "let f = a: { b, c ? a + b }: d: [ a b c d ]; in f 1 { b = "
	  "2; } 3",
	  "[ 1 2 3 3 ]" },
	{ "({ a ? b, b ? 2 }@args: [ a b args ]) { }", "[ 2 2 { } ]" },
	{ "let x = { f = y: y; }; in [ (x == x) ([ x.f ] == [ x.f ]) "
	  "(let f = y: y; in [ f ] == [ f ]) (let f = y: y; in f == "
	  "f) ]",
	  "[ true false true false ]" },
	{ "let nan = 1.0e308 * 10 - 1.0e308 * 10; in [ (nan == nan) "
	  "([ nan ] == [ nan ]) ]",
	  "[ false true ]" },
	{ "[ (builtins.map == builtins.map) ([ map ] == [ map ]) ([ "
	  "builtins.map ] == [ builtins.map ]) ]",
	  "[ false true false ]" },
	{ "rec { a = b; b = 1; } // { b = 2; }", "{ a = 1; b = 2; }" },
	{ "rec { a = b; b = 1; __overrides = { b = 2; c = 3; }; }",
	  "{ __overrides = { b = 2; c = 3; }; a = 2; b = 2; c = 3; }" },
	{ "let a = 1; in rec { inherit a; b = a + 1; ${\"c\" + "
	  "\"d\"} = b; ${null} = throw \"dropped\"; }",
	  "{ a = 1; b = 2; cd = 2; }" },
	{ "let s = { a = 1; }; in { inherit (s) a; b = let inherit "
	  "(s) a; in a; }",
	  "{ a = 1; b = 1; }" },
	{ "with { a = 1; b = 1; }; with { a = 2; }; [ a b ]", "[ 2 1 ]" },
	{ "let a = 1; in with { a = 2; }; a", "1" },
	{ "let x = 1; in with throw \"not needed\"; x", "1" },
	{ "{ a.b.c = 1; } ? a.b.c && !({ a = 1; } ? a.b)", "true" },
	{ "{ a = throw \"inside\"; }.b or \"or\"", "\"or\"" },
	{ "{ a.b = 1; }.a.c or { d = 2; }.d", "2" },
	{ "let s = { a = 1; }; n = \"a\"; in s.${n} + s.\"a\"", "2" },
	{ "[ 1 ] ++ [ ] ++ [ 2 3 ]", "[ 1 2 3 ]" },
	{ "let l = [ 1 2 ]; in l ++ [ ] == l", "true" },
	{ "1 + 2.5", "3.5" },
	{ "\"a\" + \"b\" + \"${\"c\"}d\"", "\"abcd\"" },
	{ "/a + \"/b/../c\"", "/a/c" },
	{ "9223372036854775807 - 1", "9223372036854775806" },
	{ "(-5) / 2", "-2" },
	{ "7.0 / 2", "3.5" },
	{ "[ (1 < 2) (2 <= 1) (1.5 > 1) (\"a\" < \"b\") ([ 1 2 ] < [ "
	  "1 3 ]) (/a < /b) ]",
	  "[ true false true true true true ]" },
	{ "[ (true -> false) (false -> throw \"lazy\") (true || "
	  "throw \"lazy\") (false && throw \"lazy\") ]",
	  "[ false true true false ]" },
	{ "assert 1 < 2; \"held\"", "\"held\"" },
	{ "let { x = 1; body = x + 1; }", "2" },
	{ "let f = n: if n == 0 then \"deep\" else f (n - 1); in f "
	  "9000",
	  "\"deep\"" },
	{ "{ __functor = self: x: self.n + x; n = 40; } 2", "42" },
	{ "builtins.tryEval (let x = throw \"caught\"; in x)",
	  "{ success = false; value = false; }" },
	{ "let x = builtins.tryEval (throw \"once\"); in [ x.success "
	  "x.value ]",
	  "[ false false ]" },
	{ "let big = builtins.listToAttrs (builtins.genList (i: { "
	  "name = \"n${toString i}\"; value = i; }) 200); s = big // "
	  "{ n1 = \"one\"; } // { extra = 1; n2 = \"two\"; }; in [ "
	  "s.n0 s.n1 s.n2 s.extra (builtins.length "
	  "(builtins.attrNames s)) (s ? n199) (s ? n200) ]",
	  "[ 0 \"one\" \"two\" 1 201 true false ]" },
	{ "builtins.attrNames (builtins.foldl' (acc: i: acc // { "
	  "\"k${toString i}\" = i; }) { } (builtins.genList (i: i) "
	  "12))",
	  "[ \"k0\" \"k1\" \"k10\" \"k11\" \"k2\" \"k3\" \"k4\" "
	  "\"k5\" \"k6\" \"k7\" \"k8\" \"k9\" ]" },
	{ "[ (x: x) map (map (x: x)) { } [ ] null true 1.0 1.0e-5 ]",
	  "[ <LAMBDA> <PRIMOP> <PRIMOP-APP> { } [ ] null true 1 "
	  "1e-05 ]" },
	{ "let l = [ 1 ]; s = { a = 1; }; in [ l l s s ]",
	  "[ [ 1 ] «repeated» { a = 1; } «repeated» ]" },
	{ "\"tab\\t newline\\n quote\\\" dollar\\${ backslash\\\\ "
	  "\\$ $\"",
	  "\"tab\\t newline\\n quote\\\" dollar\\${ backslash\\\\ $ "
	  "$\"" },
	{ "{ \"a b\" = 1; \"with\" = 2; or = 3; \"1x\" = 4; a' = 5; "
	  "a-b = 6; \"\" = 7; }",
	  "{ \"\" = 7; \"1x\" = 4; \"a b\" = 1; a' = 5; a-b = 6; or "
	  "= 3; \"with\" = 2; }" },
	{ "let x = { y = x; z = 1; }; in x", "{ y = «repeated»; z = 1; }" },
	{ "(a: b: a) 1", "<LAMBDA>" },
	{ "__curPos", "null" },
	{ "[ (0 == 0.0) (1 == \"1\") (null == false) ({ a = 1; } == "
	  "{ a = 1.0; }) ([ 1 ] == [ 1 2 ]) ]",
	  "[ true false false true false ]" },
	{ "{ type = \"derivation\"; outPath = \"p\"; a = 1; } == { "
	  "type = \"derivation\"; outPath = \"p\"; a = 2; }",
	  "true" },
	{ "toString [ 1 [ ] [ 2 3 ] true null \"s\" 1.5 ]",
	  "\"1 2 3 1  s 1.500000\"" },
	{ "let x = x; in x", "error: infinite recursion encountered" },
	{ "let a = { b = a.c; c = a.b; }; in a.b",
	  "error: infinite recursion encountered" },
	{ "1 + \"a\"", "error: cannot add a string to an integer" },
	{ "\"a\" + 1", "error: cannot coerce an integer to a string: 1" },
	{ "{ }.a", "error: attribute 'a' missing" },
	{ "{ abc = 1; abd = 2; }.abe", "error: attribute 'abe' missing" },
	{ "1 2", "error: attempt to call something which is not a function "
		 "but an integer: 1" },
	{ "{ a = 1; } 2",
	  "error: attempt to call something which is not a function "
	  "but a set: { a = 1; }" },
	{ "({ a }: a) { }", "error: function 'anonymous lambda' called without "
			    "required argument 'a'" },
	{ "({ a }: a) { a = 1; b = 2; }",
	  "error: function 'anonymous lambda' called with unexpected "
	  "argument 'b'" },
	{ "(x: x.y) 1", "error: expected a set but found an integer: 1" },
	{ "if 1 then 2 else 3",
	  "error: expected a Boolean but found an integer: 1" },
	{ "assert { a = [ 1 2 ]; } == { a = [ 1 3 ]; }; 1",
	  "error: an integer with value '2' is not equal to an "
	  "integer with value '3'" },
	{ "assert false; 1", "error: assertion 'false' failed" },
	{ "throw \"thrown\"", "error: thrown" },
	{ "abort \"aborted\"",
	  "error: evaluation aborted with the following error "
	  "message: 'aborted'" },
	{ "9223372036854775807 + 1",
	  "error: integer overflow in adding 9223372036854775807 + 1" },
	{ "1 / 0", "error: division by zero" },
	{ "{ a = 1; } < { a = 2; }",
	  "error: cannot compare a set with a set; values of that "
	  "type are incomparable (values are { a = 1; } and { a = 2; "
	  "})" },
	{ "1 < \"a\"", "error: cannot compare an integer with a string; values "
		       "are 1 and \"a\"" },
	{ "{ } // [ ]", "error: expected a set but found a list: [ ]" },
	{ "[ ] ++ { }", "error: expected a list but found a set: { }" },
	{ "with 1; undefinedname",
	  "error: expected a set but found an integer: 1" },
	{ "let f = n: 1 + f (n + 1); in f 0",
	  "error: stack overflow; max-call-depth exceeded" },
	{ "let f = n: f (n + 1); in f 0",
	  "error: stack overflow; max-call-depth exceeded" },
	{ "builtins.deepSeq { a = throw \"deep\"; } 1", "error: deep" },
	{ "let s = { a = 1; }; in rec { a = 1; ${\"a\"} = 2; }",
	  "error: attribute 'a' already defined at «string»:1:30" },
	{ "\"${[ ]}\"", "error: cannot coerce a list to a string: [ ]" },
	{ "\"${{ }}\"", "error: cannot coerce a set to a string: { }" },
	{ "(map (x: x)) 1", "error: expected a list but found an integer: 1" },
	{ "builtins.elemAt [ 1 ]", "<PRIMOP-APP>" },
	{ "let f = { x, ... }: y: x; in f 1",
	  "error: expected a set but found an integer: 1" },
};

int main(void)
{
	return expect_all("eval", rows, sizeof(rows) / sizeof(*rows));
}
