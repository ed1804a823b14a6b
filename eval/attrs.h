/*
 * attrs.h - attribute sets
 *
 * A set is a shape and its values (value.h). Shapes are shared and compared by
 * address: equal addresses mean equal names at equal positions. Names are
 * sorted by symbol inside; what users see is sorted by bytes, and that order
 * comes from attrs_sorted() alone.
 *
 * A large set that was made by `//` from a large left and a small right side
 * may be layered inside; these functions hide that. attrs_flat() gives the
 * plain form, whose values[] may be walked by index.
 */
#ifndef EVAL_ATTRS_H
#define EVAL_ATTRS_H

#include "eval/value.h"

struct shape {
	uint32_t len;
	uint32_t reserved;
	const pos_t *positions; /* NULL: none is known */
	uint32_t *index; /* open hash: position + 1; NULL while not needed */
	uint32_t *sorted;
	/* Of a merge: what was merged, to derive sorted from theirs. */
	const struct shape *left, *right;
	const struct shape *plain; /* the same without positions */
	symbol names[];
};

struct shape_table;
struct shape_table *shape_table_new(void);
void shape_table_free(struct shape_table *table);

/* Shapes, for the parser: names need not be sorted; order[i], if order is not
 * NULL, tells where the caller's name i went. The names must differ. Without
 * positions, equal requests give the same shape. */
const struct shape *shape_new(struct eval *ev, size_t len, const symbol *names,
			      const pos_t *positions, uint32_t *order);
static inline size_t shape_len(const struct shape *shape)
{
	return shape->len;
}

static inline symbol shape_name(const struct shape *shape, size_t index)
{
	return shape->names[index];
}

static inline pos_t shape_pos(const struct shape *shape, size_t index)
{
	return shape->positions ? shape->positions[index] : 0;
}

/* What was searched for lately, found or not. */
#define SHAPE_LATELY 2048
extern struct shape_search {
	const struct shape *shape;
	symbol sym;
	int32_t index;
} shape_lately[SHAPE_LATELY];

int64_t shape_search(const struct shape *shape, symbol sym);

/* Where sym is: an index, or -1. */
static inline int64_t shape_find(const struct shape *shape, symbol sym)
{
	struct shape_search *lately;

	if (shape->len <= 4) {
		for (uint32_t i = 0; i < shape->len; i++)
			if (shape->names[i] == sym)
				return i;
		return -1;
	}
	lately =
		&shape_lately[((uintptr_t)shape >> 3 ^ sym * 0x9e3779b1u >> 8) %
			      SHAPE_LATELY];
	if (__builtin_expect(lately->shape != shape || lately->sym != sym, 0)) {
		lately->index = shape_search(shape, sym);
		lately->shape = shape;
		lately->sym = sym;
	}
	return lately->index;
}

/* The indexes of the shape's names in the order of the names' bytes. */
const uint32_t *shape_sorted(struct eval *ev, const struct shape *shape);

size_t attrs_len(const struct attrs *set);
value *attrs_find_layered(const struct attrs *set, symbol sym);
extern struct shape shape_layered;

/* The cell of attribute sym, to be forced where it lies; NULL if absent. */
static inline value *attrs_find(const struct attrs *set, symbol sym)
{
	int64_t i;

	if (__builtin_expect(set->shape == &shape_layered, 0))
		return attrs_find_layered(set, sym);
	i = shape_find(set->shape, sym);
	return i < 0 ? NULL : (value *)&set->values[i];
}

/* Where the attribute is written; 0 if unknown or absent. */
pos_t attrs_pos(const struct attrs *set, symbol sym);
/* The set without layers (itself, if it has none). */
struct attrs *attrs_flat(struct eval *ev, struct attrs *set);
/* Of a flat set: its i-th name in the order of bytes, and that name's cell. */
symbol attrs_sorted(struct eval *ev, struct attrs *flat, size_t i,
		    value **cell);

/* A set of that shape, values to be filled in. */
struct attrs *attrs_new(struct eval *ev, const struct shape *shape);
/* The set without attributes: always the same object. */
struct attrs *attrs_empty(void);

/* a // b; either may be returned itself. NULL when memory ran out. */
struct attrs *attrs_update(struct eval *ev, struct attrs *a, struct attrs *b);
/* set without the names (any order, may be absent): always another set. */
struct attrs *attrs_without(struct eval *ev, struct attrs *set, size_t len,
			    const symbol *names);
/* The attributes of set that also are in names. */
struct attrs *attrs_intersect(struct eval *ev, struct attrs *names,
			      struct attrs *set);
/* A set with the names of like, without positions, values to be filled in by
 * the caller at the indexes of the flat like (mapAttrs). */
struct attrs *attrs_like(struct eval *ev, const struct attrs *like);

/*
 * Building a set name by name: init, add (in any order), finish, which
 * releases the builder, as a failing add does; who stops in between calls
 * attrs_builder_release().
 */
struct attrs_builder {
	struct eval *ev;
	size_t len, room;
	symbol *names;
	pos_t *positions;
	value *values;
};
void attrs_builder_init(struct attrs_builder *b, struct eval *ev, size_t room);
int attrs_builder_add(struct attrs_builder *b, symbol name, pos_t pos, value v);
void attrs_builder_release(struct attrs_builder *b);
/* The set, NULL when memory ran out. Of equal names the first added counts if
 * first_wins, else the last. */
struct attrs *attrs_builder_finish(struct attrs_builder *b, bool first_wins);

static inline value value_of_attrs(struct attrs *set)
{
	return set ? value_of(set, TAG_ATTRS) : 0;
}

#endif
