/* builtin_fetch.c - fetchers and flakes */
#include "eval/eval.h"

const struct builtin builtin_fetch_table[] = {
	{ .name = NULL },
};
