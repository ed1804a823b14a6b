/* builtin_derivation.c - derivations: from attributes to store paths */
#include "eval/eval.h"

const struct builtin builtin_derivation_table[] = {
	{ .name = NULL },
};
