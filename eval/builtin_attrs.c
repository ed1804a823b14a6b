/*
 * builtin_attrs.c - builtins on attribute sets
 */
#include "eval/eval.h"

const struct builtin builtin_attrs_table[] = {
	{ .name = NULL },
};
