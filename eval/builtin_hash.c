/* builtin_hash.c - builtins that compute and convert hashes */
#include "eval/eval.h"

const struct builtin builtin_hash_table[] = {
	{ .name = NULL },
};
