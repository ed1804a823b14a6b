/*
 * outline_private.h - reading a text by its tokens
 *
 * What outline*.c share. Functions that return int give 0, or -1 with the error
 * in the outline's ev; those that return a pointer NULL.
 */
#ifndef EVAL_OUTLINE_PRIVATE_H
#define EVAL_OUTLINE_PRIVATE_H

#include "eval/error.h"
#include "eval/lexer.h"
#include "eval/outline.h"

#define OUTLINE_DEPTH_MAX 2000

/* Where reading is. */
struct reader {
	struct outline *o;
	struct lexer lex;
	uint32_t last_end; /* of the token before */
	int depth;
};

/*
 * outline_skip.c: going past things.
 */

/* Zeroed memory that goes with the outline. */
void *outline_alloc(struct outline *o, size_t size);
/* Room for one more item at the end of an array that only grows; its lengths
 * of a power of 2 tell when it is full. */
void *outline_append(struct outline *o, void **items, uint32_t *len,
		     size_t size);

/* Read these bytes of the text; the first token is the current one. */
int reader_init(struct reader *r, struct outline *o, uint32_t start,
		uint32_t end);
int reader_next(struct reader *r);
int reader_unexpected(struct reader *r);
/* Can no expression go on with a token of this kind? */
bool reader_ends_expr(enum token_kind kind);

/* A token, or all that it opens. */
int reader_skip_one(struct reader *r);
/* Up to the token that closes what was opened; it is the current one then. */
int reader_skip_until(struct reader *r, enum token_kind close);
/* Pieces of a string or path up to its end; piece is what cuts them. */
int reader_skip_pieces(struct reader *r, int (*piece)(struct lexer *),
		       enum token_kind close);
/* An expression that a semicolon ends, or a bracket that it did not open. */
int reader_skip_expr(struct reader *r);
/* An argument or list element: a simple expression and its selections. */
int reader_skip_simple(struct reader *r);

/*
 * outline_set.c: sets and their bindings.
 */

/* One name of an attribute path; and one that is a string, at the quote. */
int reader_name(struct reader *r, struct outline_name *out);
int reader_string_name(struct reader *r, struct outline_name *out);
bool outline_name_is(const struct outline_name *name, const char *text);
/* Bindings up to the token that ends them. */
int reader_bindings(struct reader *r, struct outline_set *set,
		    enum token_kind close);
/* A set at its brace; goes past the one that closes it. */
struct outline_set *reader_set(struct reader *r);
/*
 * outline.c: modules.
 */

/* One more module of the outline: the bytes, if they are a function's or a
 * set's. has_lib: it stands where the name lib means something. -1 on an
 * error. */
int outline_add_module(struct outline *o, uint32_t start, uint32_t end,
		       bool has_lib, bool in_list);

/*
 * outline_modules.c: modules that are written out in other texts.
 */

/* Those in the imports of the module at an index, theirs, and so on. */
int outline_add_imports(struct outline *o, uint32_t index);
/* Those of a scope. */
int outline_add_scope(struct outline *o, const struct edit_scope *scope);

/* { a, b ? 1, ... } at the brace; goes past it. m gets what it is. */
int reader_formals(struct reader *r, struct outline_module *m);

/* Do formals begin at this brace, and not a set? */
int reader_begins_formals(const struct reader *at, bool *formals);

#endif
