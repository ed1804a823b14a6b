/*
 * builtin.h - what the files of builtins have in common
 *
 * A builtin knows no position: Nix gives it none, and the frame "while calling
 * the ... builtin" that the caller adds has the position of the call. So
 * builtins pass NO_POS where a position is asked for, unless they know that of
 * an attribute or function.
 */
#ifndef EVAL_BUILTIN_H
#define EVAL_BUILTIN_H

#include "eval/eval.h"

enum { NO_POS = 0 };

/* The symbol of a string's bytes; 0 with the error pending. Made even where it
 * is only looked for, as Nix does: the order of symbols shows. */
symbol builtin_symbol(struct eval *ev, struct string *string);

/* The cell of an attribute that must be there. NULL with the error "attribute
 * '...' missing" pending, and context as its frame. */
value *builtin_attr(struct eval *ev, const struct attrs *set, symbol name,
		    const char *context);

/* { a = av; b = bv; } without positions. */
value builtin_pair(struct eval *ev, symbol a, value av, symbol b, value bv);

/* { file, line, column } of pos, line and column counted when asked for; null
 * if it is in no file. */
value builtin_position(struct eval *ev, pos_t pos);

/* A lambda as an argument's cell has it before anything forces it: only then
 * messages know where it is written. Other words as they are. */
value builtin_unforced(struct eval *ev, value v);

/* The len values in a list of their own. */
value builtin_list_of(struct eval *ev, size_t len, const value *values);

/* Is fn the builtin lessThan itself? */
bool builtin_is_less_than(value fn);

/* Print the manual of all builtins. 0, or -1 if it could not be written. */
int builtin_doc(FILE *out);

/* Rows of builtin_list_table that have files of their own: builtin_closure.c
 * and builtin_order.c. */
value builtin_group_by(struct eval *ev, pos_t pos, value *args);
value builtin_sort(struct eval *ev, pos_t pos, value *args);
value builtin_generic_closure(struct eval *ev, pos_t pos, value *args);

#endif
