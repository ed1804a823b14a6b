/*
 * shape.h - what shape.c and attrs.c share
 *
 * Nobody else includes this: attrs.h is the interface.
 */
#ifndef EVAL_SHAPE_H
#define EVAL_SHAPE_H

#include "eval/attrs.h"

#define PLAN_FILTER 4096

/* Shapes without positions and those of computed sets; and the plans of
 * attrs.c. */
struct shape_table {
	const struct shape **shapes;
	uint32_t *hashes;    /* of shapes: a probe need not look at the shape */
	size_t len, room;    /* room: a power of 2 */
	struct plan **plans; /* attrs.c */
	size_t plans_len, plans_room;
	uint32_t filter[PLAN_FILTER]; /* hashes of pairs without a plan yet */
};

extern struct shape shape_empty;

static inline uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

/* A name, and where it was. */
struct shape_named {
	symbol name;
	uint32_t at;
};

/* For qsort(): by symbol, then by where it was. */
int shape_by_name(const void *a, const void *b);

/* The same without positions. NULL with the error pending. */
const struct shape *shape_plain(struct eval *ev, const struct shape *shape);

/* The shape of names that are sorted by symbol; positions may be NULL. NULL
 * with the error pending. */
const struct shape *shape_intern(struct eval *ev, size_t len,
				 const symbol *names, const pos_t *positions);

#endif
