/* builtin_json.c - toJSON, fromJSON, fromTOML and toXML */
#include "eval/eval.h"

const struct builtin builtin_json_table[] = {
	{ .name = NULL },
};
