/*
 * builtin_list.c - builtins on lists
 */
#include "eval/eval.h"

const struct builtin builtin_list_table[] = {
	{ .name = NULL },
};
