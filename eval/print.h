/*
 * print.h - values as text for people
 *
 * Neither function forces anything but where it says so; what is not evaluated
 * is printed as such.
 */
#ifndef EVAL_PRINT_H
#define EVAL_PRINT_H

#include "eval/buf.h"
#include "eval/value.h"

/* As nix-instantiate --eval prints: one line, <CODE> for thunks. forced: all
 * of v was forced, so lambdas in it were, too. 0 or -1. */
int print_ambiguous(struct eval *ev, value v, bool forced, struct buf *out);

/* As messages show values: «thunk», cut after 10 attributes and so on. In ev's
 * arena; "" when memory ran out. */
const char *print_short(struct eval *ev, value v);
/* The same of what a cell holds: a list in itself is that cell again. */
const char *print_cell(struct eval *ev, value cell);

/* A cell without limits, as builtins.trace writes it. 0 or -1. */
int print_whole(struct eval *ev, value cell, struct buf *out);

/* A string in quotes and with escapes, as Nix prints it. */
void print_string(struct buf *out, const char *bytes, size_t len);

/* An attribute name, in quotes where it must be. */
void print_name(struct buf *out, const char *bytes, size_t len);

/* A symbol as Nix shows it in messages: in quotes unless it is an identifier.
 * In ev's arena, or the symbol's own bytes. */
const char *print_symbol(struct eval *ev, symbol sym);

#endif
