/* builtin_context.c - builtins that look at and change what strings depend on */
#include "eval/eval.h"

const struct builtin builtin_context_table[] = {
	{ .name = NULL },
};
