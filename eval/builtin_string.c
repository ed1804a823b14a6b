/*
 * builtin_string.c - builtins on strings, versions and file names
 */
#include "eval/eval.h"

const struct builtin builtin_string_table[] = {
	{ .name = NULL },
};
