/*
 * test_builtin_regex.c - what the builtins on regular expressions give
 *
 * The answers are those of Nix 2.34.8.
 */
#include "tests/eval/expect.h"

static const struct expectation rows[] = {
	{ "builtins.match \"a(b*)\" \"abb\"", "[ \"bb\" ]" },
	{ "builtins.match \"a\" \"ab\"", "null" },
	{ "builtins.match \"(a)|b\" \"b\"", "[ null ]" },
	{ "builtins.match \"((a)|(b))*\" \"ab\"", "[ \"b\" \"a\" \"b\" ]" },
	{ "builtins.match \"(a*)+\" \"\"", "[ \"\" ]" },
	{ "builtins.match \"[[:alpha:]]+([0-9]*)\" \"abc12\"", "[ \"12\" ]" },
	{ "builtins.match \".*\" \"a\\nb\"", "[ ]" },
	{ "builtins.match \"a{2,3}\" \"aaa\"", "[ ]" },
	{ "builtins.match \"a{2,3}\" \"aaaa\"", "null" },
	{ "builtins.match \"\\\\.\" \".\"", "[ ]" },
	{ "builtins.match \"[^a]\" \"b\"", "[ ]" },
	{ "builtins.match \"^a$\" \"a\"", "[ ]" },
	{ "builtins.match \"(\" \"\"",
	  "error: invalid regular expression '('" },
	{ "builtins.match \"[\" \"\"",
	  "error: invalid regular expression '['" },
	{ "builtins.match \"*\" \"\"",
	  "error: invalid regular expression '*'" },
	{ "builtins.match \"\\\\d\" \"1\"",
	  "error: invalid regular expression '\\d'" },
	{ "builtins.match \"a{2\" \"\"",
	  "error: invalid regular expression 'a{2'" },
	{ "builtins.match 1 \"\"",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.match \"a\" 1",
	  "error: expected a string but found an integer: 1" },
	{ "builtins.match \"(\" (throw \"s\")",
	  "error: invalid regular expression '('" },
	{ "builtins.split \"a\" \"banana\"",
	  "[ \"b\" [ ] \"n\" [ ] \"n\" [ ] \"\" ]" },
	{ "builtins.split \"(a)\" \"banana\"",
	  "[ \"b\" [ \"a\" ] \"n\" [ \"a\" ] \"n\" [ \"a\" ] \"\" ]" },
	{ "builtins.split \"\" \"abc\"",
	  "[ \"\" [ ] \"a\" [ ] \"b\" [ ] \"c\" [ ] \"\" ]" },
	{ "builtins.split \"x*\" \"abc\"",
	  "[ \"\" [ ] \"a\" [ ] \"b\" [ ] \"c\" [ ] \"\" ]" },
	{ "builtins.split \"(a)|(n)\" \"ban\"",
	  "[ \"b\" [ \"a\" null ] \"\" [ null \"n\" ] \"\" ]" },
	{ "builtins.split \"z\" \"abc\"", "[ \"abc\" ]" },
	{ "builtins.split \"a|b\" \"\"", "[ \"\" ]" },
	{ "builtins.split \"^a\" \"aaa\"", "[ \"\" [ ] \"aa\" ]" },
	{ "builtins.split \"a$\" \"aaa\"", "[ \"aa\" [ ] \"\" ]" },
	{ "builtins.split \"[\" \"a\"",
	  "error: invalid regular expression '['" },
	{ "builtins.split \"(.)(.)\" \"abcde\"",
	  "[ \"\" [ \"a\" \"b\" ] \"\" [ \"c\" \"d\" ] \"e\" ]" },
	{ "builtins.split \"[, ]+\" \"a, b,,c\"",
	  "[ \"a\" [ ] \"b\" [ ] \"c\" ]" },
};

int main(void)
{
	return expect_all("builtin_regex", rows, sizeof(rows) / sizeof(*rows));
}
