/*
 * builtin_regex.c - builtins that match regular expressions
 */
#include "eval/eval.h"

const struct builtin builtin_regex_table[] = {
	{ .name = NULL },
};
