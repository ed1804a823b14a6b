/*
 * test_builtin_number.c - what the builtins on numbers give
 *
 * The answers are those of Nix 2.34.8.
 */
#include "tests/eval/expect.h"

static const struct expectation rows[] = {
	{ "builtins.add 1 2", "3" },
	{ "builtins.add 1 2.5", "3.5" },
	{ "builtins.add 9223372036854775807 1",
	  "error: integer overflow in adding 9223372036854775807 + 1" },
	{ "builtins.add \"a\" 1",
	  "error: expected an integer but found a string: \"a\"" },
	{ "builtins.add 1 \"a\"",
	  "error: expected an integer but found a string: \"a\"" },
	{ "builtins.add 1.5 \"a\"",
	  "error: expected a float but found a string: \"a\"" },
	{ "builtins.add (throw \"a\") (throw \"b\")", "error: a" },
	{ "builtins.sub 1 2", "-1" },
	{ "builtins.sub (-9223372036854775807) 2",
	  "error: integer overflow in subtracting -9223372036854775807 - 2" },
	{ "builtins.sub { } 1",
	  "error: expected an integer but found a set: { }" },
	{ "builtins.mul 3 4", "12" },
	{ "builtins.mul 4611686018427387904 2",
	  "error: integer overflow in multiplying 4611686018427387904 * 2" },
	{ "builtins.mul 4611686018427387904 (-2)", "-9223372036854775808" },
	{ "builtins.mul \"a\" 1.5",
	  "error: expected a float but found a string: \"a\"" },
	{ "builtins.div 7 2", "3" },
	{ "builtins.div (-7) 2", "-3" },
	{ "builtins.div 7 (-2)", "-3" },
	{ "builtins.div 7.0 2", "3.5" },
	{ "builtins.div 1 0", "error: division by zero" },
	{ "builtins.div 1 0.0", "error: division by zero" },
	{ "builtins.div 1.0 0", "error: division by zero" },
	{ "builtins.div (-9223372036854775807 - 1) (-1)",
	  "error: integer overflow in dividing -9223372036854775808 / -1" },
	{ "builtins.div \"a\" 1",
	  "error: expected an integer but found a string: \"a\"" },
	{ "builtins.div 1 \"a\"",
	  "error: expected a float but found a string: \"a\"" },
	{ "builtins.bitAnd 12 10", "8" },
	{ "builtins.bitOr 12 10", "14" },
	{ "builtins.bitXor 12 10", "6" },
	{ "builtins.bitAnd (-1) 9223372036854775807", "9223372036854775807" },
	{ "builtins.bitAnd 1.0 1",
	  "error: expected an integer but found a float: 1" },
	{ "builtins.bitOr \"a\" (throw \"b\")",
	  "error: expected an integer but found a string: \"a\"" },
	{ "builtins.bitXor 1 null",
	  "error: expected an integer but found null: null" },
	{ "builtins.ceil 1.5", "2" },
	{ "builtins.ceil (-1.5)", "-1" },
	{ "builtins.ceil 2", "2" },
	{ "builtins.ceil \"a\"",
	  "error: expected a float but found a string: \"a\"" },
	{ "builtins.ceil 1.0e20",
	  "error: NixFloat argument 1e+20 is not in the range of NixInt" },
	{ "builtins.ceil 9223372036854775807",
	  "error: Due to a bug (see https://github.com/NixOS/nix/issues/12899) "
	  "the NixInt argument 9223372036854775807 caused undefined behavior "
	  "in previous Nix versions." },
	{ "builtins.ceil 9007199254740993",
	  "error: Due to a bug (see https://github.com/NixOS/nix/issues/12899) "
	  "a loss of precision occurred in previous Nix versions because the "
	  "NixInt argument 9007199254740993 was rounded to 9007199254740992." },
	{ "builtins.floor 1.5", "1" },
	{ "builtins.floor (-1.5)", "-2" },
	{ "builtins.floor (-9223372036854775807 - 1)", "-9223372036854775808" },
	{ "builtins.floor (-1.0e19)",
	  "error: NixFloat argument -1e+19 is not in the range of NixInt" },
	{ "builtins.floor [ ]",
	  "error: expected a float but found a list: [ ]" },
	{ "builtins.lessThan 1 2", "true" },
	{ "builtins.lessThan 2 1.5", "false" },
	{ "builtins.lessThan 1.5 2", "true" },
	{ "builtins.lessThan \"a\" \"ab\"", "true" },
	{ "builtins.lessThan \"b\" \"ab\"", "false" },
	{ "builtins.lessThan \"\303\251\" \"z\"", "false" },
	{ "builtins.lessThan [ 1 2 ] [ 1 ]", "false" },
	{ "builtins.lessThan [ ] [ 1 ]", "true" },
	{ "builtins.lessThan [ 1 \"a\" ] [ 2 3 ]", "true" },
	{ "builtins.lessThan [ 1 \"a\" ] [ 1 3 ]",
	  "error: cannot compare a string with an integer; values are \"a\" "
	  "and 3" },
	{ "builtins.lessThan /a /b", "true" },
	{ "builtins.lessThan null null",
	  "error: cannot compare null with null; values of that type are "
	  "incomparable (values are null and null)" },
	{ "builtins.lessThan true false",
	  "error: cannot compare a Boolean with a Boolean; values of that type "
	  "are incomparable (values are true and false)" },
	{ "builtins.lessThan { } { }",
	  "error: cannot compare a set with a set; values of that type are "
	  "incomparable (values are { } and { })" },
	{ "builtins.lessThan 1 \"a\"", "error: cannot compare an integer with "
				       "a string; values are 1 and \"a\"" },
	{ "builtins.lessThan 9223372036854775807 (-9223372036854775807)",
	  "false" },
	{ "1152921504606846975 + 1", "1152921504606846976" },
	{ "(-1152921504606846976) - 1", "-1152921504606846977" },
	{ "1152921504606846976 * 2 / 2", "1152921504606846976" },
	{ "4611686018427387904 == 4611686018427387904", "true" },
	{ "(-9223372036854775807) - 1", "-9223372036854775808" },
	{ "9223372036854775807 > 9.3e18", "false" },
};

int main(void)
{
	return expect_all("builtin_number", rows, sizeof(rows) / sizeof(*rows));
}
