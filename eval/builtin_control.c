/*
 * builtin_control.c - builtins that steer evaluation or ask what a value is
 */
#include "eval/eval.h"

const struct builtin builtin_control_table[] = {
	{ .name = NULL },
};
