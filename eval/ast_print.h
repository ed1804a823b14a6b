/*
 * ast_print.h - expressions as `nix-instantiate --parse` prints them
 */
#ifndef EVAL_AST_PRINT_H
#define EVAL_AST_PRINT_H

#include "eval/ast.h"
#include "eval/buf.h"

struct eval;

/* Add e's text to out; 0, or -1 with the error pending (nested too deeply, or
 * no memory). */
int ast_print(struct eval *ev, struct buf *out, const struct expr *e);

/* a."b c"."${d}": an attribute path, as messages have it. */
int ast_print_path(struct eval *ev, struct buf *out,
		   const struct attr_name *path, size_t len);

#endif
