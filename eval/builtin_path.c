/* builtin_path.c - builtins that read files and name paths */
#include "eval/eval.h"

const struct builtin builtin_path_table[] = {
	{ .name = NULL },
};
