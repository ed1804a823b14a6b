/*
 * parse.h - from text to expressions
 *
 * Parsing has two passes: parse*.c build the nodes, scope.c then finds out what
 * every name stands for (and gives sets their final form: `a.b = 1; a.c = 2;`
 * can add to a set until the outermost set around it ends).
 *
 * The nodes and constants go to the arena that is asked for and are all that
 * stays.
 */
#ifndef EVAL_PARSE_H
#define EVAL_PARSE_H

#include <stdbool.h>

#include "eval/ast.h"

struct arena;
struct eval;

struct parse_input {
	const char *text; /* need not end with a NUL */
	size_t len;
	pos_t base;		/* position of the first byte */
	struct path *base_path; /* folder of relative paths; NULL: "/" */
	struct arena *arena;
	/* Names that are the slots of an environment around the text (file.h);
	 * NULL: none. */
	const struct shape *scope;
	/* Only see whether it is well-formed: what is given back is no use,
	 * and names may be undefined. */
	bool syntax_only;
};

/* The expression, NULL with the error pending. */
struct expr *parse_text(struct eval *ev, const struct parse_input *in);

#endif
