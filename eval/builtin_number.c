/*
 * builtin_number.c - builtins on numbers
 */
#include "eval/eval.h"

const struct builtin builtin_number_table[] = {
	{ .name = NULL },
};
