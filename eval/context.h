/*
 * context.h - what a string depends on in the store
 *
 * A context is a sorted set of elements, made once and shared: equal contexts
 * have equal addresses, so the union of a context with itself costs a
 * comparison. NULL is the empty context.
 *
 * Where it comes from: the Nix manual, "String context"; an element is one of
 *
 *   CONTEXT_PATH   a store path as it is         (Nix: "/nix/store/...")
 *   CONTEXT_BUILT  one output of a derivation    (Nix: "!out!/nix/store/...")
 *   CONTEXT_DEEP   a derivation with its closure (Nix: "=/nix/store/...")
 */
#ifndef EVAL_CONTEXT_H
#define EVAL_CONTEXT_H

#include "eval/value.h"

enum context_kind { CONTEXT_PATH, CONTEXT_BUILT, CONTEXT_DEEP };

struct context_element {
	enum context_kind kind;
	symbol path;   /* the store path or .drv path, as text */
	symbol output; /* CONTEXT_BUILT: the output's name */
};

struct context {
	uint32_t len;
	const struct context_element *const *elements; /* sorted, unique */
};

struct context_table;
struct context_table *context_table_new(void);
void context_table_free(struct context_table *table);

/* The context of that one element; NULL only when memory ran out. */
const struct context *context_of(struct eval *ev, enum context_kind kind,
				 symbol path, symbol output);
/* a with b; either may be NULL. */
const struct context *context_union(struct eval *ev, const struct context *a,
				    const struct context *b);

#endif
