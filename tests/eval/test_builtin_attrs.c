/*
 * test_builtin_attrs.c - what the builtins on attribute sets give
 *
 * The answers are those of Nix 2.34.8.
 */
#include "tests/eval/expect.h"

static const struct expectation rows[] = {
	{ "builtins.attrNames { b = 1; a = throw \"x\"; }", "[ \"a\" \"b\" ]" },
	{ "builtins.attrNames { }", "[ ]" },
	{ "builtins.attrNames [ ]",
	  "error: expected a set but found a list: [ ]" },
	{ "builtins.attrValues { b = 1; a = 2; }", "[ 2 1 ]" },
	{ "builtins.attrValues 1",
	  "error: expected a set but found an integer: 1" },
	{ "builtins.getAttr \"a\" { a = 1; }", "1" },
	{ "builtins.getAttr \"b\" { a = 1; }", "error: attribute 'b' missing" },
	{ "builtins.getAttr \"not a name\" { }",
	  "error: attribute '\"not a name\"' missing" },
	{ "builtins.getAttr 1 { }",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.getAttr \"a\" 1",
	  "error: expected a set but found an integer: 1" },
	{ "builtins.hasAttr \"a\" { a = throw \"x\"; }", "true" },
	{ "builtins.hasAttr \"never seen before 1234\" { a = 1; }", "false" },
	{ "builtins.hasAttr \"a\" [ ]",
	  "error: expected a set but found a list: [ ]" },
	{ "removeAttrs { a = 1; b = 2; } [ \"a\" ]", "{ b = 2; }" },
	{ "removeAttrs { a = 1; } [ \"b\" ]", "{ a = 1; }" },
	{ "removeAttrs { a = 1; } [ ]", "{ a = 1; }" },
	{ "removeAttrs { a = 1; } [ 1 ]",
	  "error: expected a string but found an integer: 1" },
	{ "removeAttrs { a = 1; } \"a\"",
	  "error: expected a list but found a string: \"a\"" },
	{ "removeAttrs 1 [ ]",
	  "error: expected a set but found an integer: 1" },
	{ "builtins.intersectAttrs { a = 1; } { a = 2; b = 3; }",
	  "{ a = 2; }" },
	{ "builtins.intersectAttrs { } { a = 2; }", "{ }" },
	{ "builtins.intersectAttrs { a = 1; } [ ]",
	  "error: expected a set but found a list: [ ]" },
	{ "builtins.listToAttrs [ { name = \"a\"; value = 1; } { name = \"b\"; "
	  "value = 2; } ]",
	  "{ a = 1; b = 2; }" },
	{ "builtins.listToAttrs [ { name = \"a\"; value = 1; } { name = \"a\"; "
	  "value = 2; } ]",
	  "{ a = 1; }" },
	{ "builtins.listToAttrs [ { name = \"a\"; value = 1; } { name = \"a\"; "
	  "} ]",
	  "{ a = 1; }" },
	{ "builtins.listToAttrs [ { name = \"a\"; } { name = \"a\"; value = 1; "
	  "} ]",
	  "error: attribute 'value' missing" },
	{ "builtins.listToAttrs [ { name = \"a\"; } { name = throw \"n\"; } ]",
	  "error: n" },
	{ "builtins.listToAttrs [ { value = 1; } ]",
	  "error: attribute 'name' missing" },
	{ "builtins.listToAttrs [ { name = 1; value = 1; } ]",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.listToAttrs [ 1 ]",
	  "error: expected a set but found an integer: 1" },
	{ "builtins.listToAttrs [ ]", "{ }" },
	{ "builtins.listToAttrs (builtins.genList (n: { name = toString (n - n "
	  "/ 3 * 3); value = n; }) 9)",
	  "{ \"0\" = 0; \"1\" = 1; \"2\" = 2; }" },
	{ "builtins.mapAttrs (n: v: n + toString v) { a = 1; b = 2; }",
	  "{ a = \"a1\"; b = \"b2\"; }" },
	{ "builtins.mapAttrs 1 { }", "{ }" },
	{ "builtins.mapAttrs 1 { a = 1; }",
	  "error: attempt to call something which is not a function but an "
	  "integer: 1" },
	{ "builtins.mapAttrs (n: v: v) [ ]",
	  "error: expected a set but found a list: [ ]" },
	{ "builtins.catAttrs \"a\" [ { a = 1; } { } { a = 2; b = 3; } ]",
	  "[ 1 2 ]" },
	{ "builtins.catAttrs \"a\" [ 1 ]",
	  "error: expected a set but found an integer: 1" },
	{ "builtins.catAttrs 1 [ ]",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.zipAttrsWith (n: v: v) [ { a = 1; } { a = 2; b = 3; } ]",
	  "{ a = [ 1 2 ]; b = [ 3 ]; }" },
	{ "builtins.zipAttrsWith (n: v: n) [ ]", "{ }" },
	{ "builtins.zipAttrsWith 1 [ ]",
	  "error: expected a function but found an integer: 1" },
	{ "builtins.zipAttrsWith (n: v: n) [ 1 ]",
	  "error: expected a set but found an integer: 1" },
	{ "builtins.attrNames (builtins.zipAttrsWith (throw \"f\") [ ])",
	  "error: f" },
	{ "builtins.unsafeGetAttrPos \"a\" { a = 1; }", "null" },
	{ "builtins.unsafeGetAttrPos \"a\" { }", "null" },
	{ "builtins.attrNames ({ a = 1; b = 2; } // { c = 3; a = 4; })",
	  "[ \"a\" \"b\" \"c\" ]" },
	{ "let big = builtins.listToAttrs (builtins.genList (n: { name = \"n\" "
	  "+ toString n; value = n; }) 200); in builtins.length "
	  "(builtins.attrNames (big // { n1 = 0; z = 1; }))",
	  "201" },
	{ "let big = builtins.listToAttrs (builtins.genList (n: { name = \"n\" "
	  "+ toString n; value = n; }) 200); in (removeAttrs (big // { n1 = 0; "
	  "z = 1; }) (builtins.attrNames (removeAttrs big [ \"n7\" \"n1\" ])))",
	  "{ n1 = 0; n7 = 7; z = 1; }" },
	{ "let big = builtins.listToAttrs (builtins.genList (n: { name = \"n\" "
	  "+ toString n; value = n; }) 200); in builtins.intersectAttrs { z = "
	  "0; n1 = 2; n3 = 3; } (big // { n1 = 0; z = 1; })",
	  "{ n1 = 0; n3 = 3; z = 1; }" },
	{ "let big = builtins.listToAttrs (builtins.genList (n: { name = \"n\" "
	  "+ toString n; value = n; }) 200); in builtins.foldl' (a: b: a + b) "
	  "0 (builtins.attrValues (builtins.mapAttrs (n: v: v * 2) (big // { "
	  "n1 = 0; z = 1; })))",
	  "39800" },
};

int main(void)
{
	return expect_all("builtin_attrs", rows, sizeof(rows) / sizeof(*rows));
}
