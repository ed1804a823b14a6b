/*
 * builtin_derivation.c - derivationStrict and placeholder
 *
 * The function `derivation` itself is Nix code: see nixfile.h.
 */
#include "eval/derivation.h"
#include "eval/eval.h"
#include "eval/storepath.h"

static value derivation_strict(struct eval *ev, pos_t pos, value *args)
{
	struct attrs *set;

	set = eval_attrs(ev, &args[0], 0,
			 "while evaluating the argument passed to "
			 "builtins.derivationStrict");
	return set ? derivation_make(ev, set) : 0;
}

static value placeholder(struct eval *ev, pos_t pos, value *args)
{
	char text[STOREPATH_PLACEHOLDER_LEN];
	struct string *output;

	output = eval_string_plain(ev, &args[0], 0,
				   "while evaluating the first argument "
				   "passed to builtins.placeholder");
	if (!output)
		return 0;
	storepath_placeholder(text, output->bytes, output->len);
	return value_new_string(ev, text, sizeof(text), NULL);
}

const struct builtin builtin_derivation_table[] = {
	{
		.name = "derivationStrict",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "derivationStrict attrs: the store paths of the "
		       "derivation and its outputs. See derivation.",
		.run = derivation_strict,
		.strict = 1,
	},
	{
		.name = "placeholder",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "placeholder output: what a builder finds replaced by "
		       "the path of that output of its own.",
		.run = placeholder,
		.strict = 1,
	},
	{ .name = NULL },
};
