/*
 * shape.c - the names and positions of attribute sets
 *
 * Shapes are made in the order of their names' symbols and kept in a table, so
 * that equal ones are the same; but not those of literal sets, which are
 * written where no other is.
 */
#include "eval/shape.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"

/* Up to here names are searched by halving, then by hash. */
#define BINARY_MAX 32

/* A merge of fewer names is sorted anew. */
#define DERIVE_MIN 32

alignas(8) struct shape shape_empty;
alignas(8) struct shape shape_layered;
struct shape_search shape_lately[SHAPE_LATELY];

struct shape_table *shape_table_new(void)
{
	/* Shapes of another table may have lain where new ones will lie. */
	memset(shape_lately, 0, sizeof(shape_lately));
	return calloc(1, sizeof(struct shape_table));
}

void shape_table_free(struct shape_table *table)
{
	if (!table)
		return;
	free(table->shapes);
	free(table->hashes);
	free(table->plans);
	free(table);
}

static uint32_t hash_names(size_t len, const symbol *names,
			   const pos_t *positions)
{
	uint64_t h = len;

	if (positions) {
		for (size_t i = 0; i < len; i++)
			h = mix(h, (uint64_t)names[i] << 32 | positions[i]);
	} else {
		for (size_t i = 0; i < len; i++)
			h = mix(h, (uint64_t)names[i] << 32);
	}
	return h >> 16;
}

#ifndef NDEBUG
/* What lookup relies on: names, compared as interned numbers, ascend. */
static bool names_sorted(size_t len, const symbol *names)
{
	for (size_t i = 1; i < len; i++)
		if (names[i - 1] >= names[i])
			return false;
	return true;
}
#endif

static bool table_grow(struct shape_table *table)
{
	size_t room = table->room ? table->room * 2 : 4096;
	const struct shape **shapes = calloc(room, sizeof(*shapes));
	uint32_t *hashes = malloc(room * sizeof(*hashes));

	if (!shapes || !hashes) {
		free(shapes);
		free(hashes);
		return false;
	}
	for (size_t i = 0; i < table->room; i++) {
		size_t slot = table->hashes[i] & (room - 1);

		if (!table->shapes[i])
			continue;
		while (shapes[slot])
			slot = (slot + 1) & (room - 1);
		shapes[slot] = table->shapes[i];
		hashes[slot] = table->hashes[i];
	}
	free(table->shapes);
	free(table->hashes);
	table->shapes = shapes;
	table->hashes = hashes;
	table->room = room;
	return true;
}

static bool same_positions(const struct shape *shape, const pos_t *positions)
{
	if (!positions || !shape->positions)
		return !positions && !shape->positions;
	return memcmp(shape->positions, positions,
		      shape->len * sizeof(*positions)) == 0;
}

/* A shape that is not in the table. */
static struct shape *shape_alloc(struct eval *ev, size_t len,
				 const symbol *names, const pos_t *positions)
{
	size_t size = len * sizeof(*names);
	struct shape *shape;

	assert(names_sorted(len, names));
	shape = eval_alloc(ev, sizeof(*shape) + (positions ? 2 : 1) * size);
	if (!shape)
		return NULL;
	*shape = (struct shape){ .len = len };
	memcpy(shape->names, names, size);
	if (positions) {
		memcpy(shape->names + len, positions, size);
		shape->positions = shape->names + len;
	} else {
		shape->plain = shape;
	}
	return shape;
}

/* The shape of names that are sorted already; positions may be NULL. */
const struct shape *shape_intern(struct eval *ev, size_t len,
				 const symbol *names, const pos_t *positions)
{
	struct shape_table *table = ev->shapes;
	struct shape *shape;
	uint32_t hash;
	size_t slot, room;
	pos_t any = 0;

	if (len == 0)
		return &shape_empty;
	for (size_t i = 0; positions && i < len; i++)
		any |= positions[i];
	if (!any)
		positions = NULL;
	/* Those for whom this is ahead are to find room. */
	room = ev->ahead ? table->room / 4 : table->room / 2;
	if (table->len >= room && !table_grow(table)) {
		eval_fail_memory(ev);
		return NULL;
	}

	hash = hash_names(len, names, positions);
	slot = hash & (table->room - 1);
	for (; table->shapes[slot]; slot = (slot + 1) & (table->room - 1)) {
		const struct shape *old = table->shapes[slot];

		if (table->hashes[slot] == hash && old->len == len &&
		    memcmp(old->names, names, len * sizeof(*names)) == 0 &&
		    same_positions(old, positions))
			return old;
	}
	shape = shape_alloc(ev, len, names, positions);
	if (!shape)
		return NULL;
	table->shapes[slot] = shape;
	table->hashes[slot] = hash;
	table->len++;
	return shape;
}

const struct shape *shape_plain(struct eval *ev, const struct shape *shape)
{
	struct shape *mutable = (struct shape *)shape, *plain;

	if (shape->plain)
		return shape->plain;
	plain = (struct shape *)shape_intern(ev, shape->len, shape->names,
					     NULL);
	if (!plain)
		return NULL;
	mutable->plain = plain;
	/* The order of the names is the same. */
	if (shape->sorted)
		plain->sorted = shape->sorted;
	return plain;
}

/* The shape of a literal set, which is written where no other is. */
static const struct shape *literal(struct eval *ev, size_t len,
				   const symbol *names, const pos_t *positions)
{
	struct shape *shape = shape_alloc(ev, len, names, positions);
	const struct shape *plain;

	if (!shape || !ev->ahead)
		return shape;
	plain = shape_plain(ev, shape);
	shape->sorted = plain ? (uint32_t *)shape_sorted(ev, plain) : NULL;
	return shape->sorted ? shape : NULL;
}

int shape_by_name(const void *a, const void *b)
{
	const struct shape_named *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

const struct shape *shape_new(struct eval *ev, size_t len, const symbol *names,
			      const pos_t *positions, uint32_t *order)
{
	const struct shape *shape = NULL;
	struct shape_named *sorted;
	symbol *to;
	bool ascending = true;

	if (len == 0)
		return &shape_empty;
	for (size_t i = 1; ascending && i < len; i++)
		ascending = names[i - 1] < names[i];
	if (ascending) {
		for (size_t i = 0; order && i < len; i++)
			order[i] = i;
		return positions ? literal(ev, len, names, positions)
				 : shape_intern(ev, len, names, NULL);
	}

	sorted = malloc(len * sizeof(*sorted));
	to = malloc(len * 2 * sizeof(*to));
	if (!sorted || !to) {
		eval_fail_memory(ev);
		goto out;
	}
	for (size_t i = 0; i < len; i++)
		sorted[i] = (struct shape_named){ names[i], i };
	qsort(sorted, len, sizeof(*sorted), shape_by_name);
	for (size_t i = 0; i < len; i++) {
		to[i] = sorted[i].name;
		to[len + i] = positions ? positions[sorted[i].at] : 0;
		if (order)
			order[sorted[i].at] = i;
	}
	shape = positions ? literal(ev, len, to, to + len)
			  : shape_intern(ev, len, to, NULL);
out:
	free(sorted);
	free(to);
	return shape;
}

/* The index costs 4 times the names; it is made at the first lookup. */
static bool index_new(struct shape *shape)
{
	size_t room = 4;
	uint32_t *index;

	while (room < (size_t)shape->len * 2)
		room *= 2;
	index = calloc(room + 1, sizeof(*index));
	if (!index)
		return false;
	index[0] = room - 1;
	for (uint32_t i = 0; i < shape->len; i++) {
		size_t slot = mix(0, shape->names[i]) & (room - 1);

		while (index[1 + slot])
			slot = (slot + 1) & (room - 1);
		index[1 + slot] = i + 1;
	}
	shape->index = index;
	return true;
}

int64_t shape_search(const struct shape *shape, symbol sym)
{
	const symbol *names = shape->names;
	uint32_t low = 0, high = shape->len;

	if (high > BINARY_MAX &&
	    (shape->index || index_new((struct shape *)shape))) {
		const uint32_t *index = shape->index;
		size_t slot = mix(0, sym) & index[0];

		for (; index[1 + slot]; slot = (slot + 1) & index[0])
			if (names[index[1 + slot] - 1] == sym)
				return index[1 + slot] - 1;
		return -1;
	}
	while (high - low > 1) {
		uint32_t middle = (low + high) / 2;

		if (names[middle] <= sym)
			low = middle;
		else
			high = middle;
	}
	return names[low] == sym ? (int64_t)low : -1;
}

static int by_bytes(const void *a, const void *b)
{
	const struct shape_named *x = a, *y = b;

	return symbol_compare(x->name, y->name);
}

static bool sort_names(struct eval *ev, const struct shape *shape,
		       uint32_t *order)
{
	struct shape_named *sorted = malloc(shape->len * sizeof(*sorted));

	if (!sorted) {
		eval_fail_memory(ev);
		return false;
	}
	for (uint32_t i = 0; i < shape->len; i++)
		sorted[i] = (struct shape_named){ shape->names[i], i };
	qsort(sorted, shape->len, sizeof(*sorted), by_bytes);
	for (uint32_t i = 0; i < shape->len; i++)
		order[i] = sorted[i].at;
	free(sorted);
	return true;
}

/*
 * In the order of bytes, how many names of shape come before name from `from`
 * on. Searched in steps that double, so that walking the whole shape costs
 * little more than a merge would.
 */
static uint32_t sorted_before(const struct shape *shape, uint32_t from,
			      symbol name)
{
	uint32_t low = from, high = from, step = 1;

	while (high < shape->len &&
	       symbol_compare(shape->names[shape->sorted[high]], name) < 0) {
		low = high + 1;
		high += step;
		step *= 2;
	}
	if (high > shape->len)
		high = shape->len;
	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (symbol_compare(shape->names[shape->sorted[middle]], name) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	return low - from;
}

/*
 * The order of a merge's names from the orders of what was merged, which are
 * often known.
 */
static bool merge_sorted(struct eval *ev, const struct shape *shape,
			 uint32_t *order)
{
	const struct shape *left = shape->left, *right = shape->right;
	uint32_t *at, *right_at, i = 0, len = 0, l = 0, r = 0;

	if (!shape_sorted(ev, left) || !shape_sorted(ev, right))
		return false;
	at = malloc(((size_t)left->len + right->len) * sizeof(*at));
	if (!at) {
		eval_fail_memory(ev);
		return false;
	}
	/* Where both ones' names are in shape: all ascend. */
	right_at = at + left->len;
	for (uint32_t j = 0; j < shape->len; j++) {
		if (l < left->len && left->names[l] == shape->names[j])
			at[l++] = j;
		if (r < right->len && right->names[r] == shape->names[j])
			right_at[r++] = j;
	}
	for (uint32_t j = 0; j < right->len; j++) {
		symbol name = right->names[right->sorted[j]];
		uint32_t stop = i + sorted_before(left, i, name);

		while (i < stop)
			order[len++] = at[left->sorted[i++]];
		if (i < left->len && left->names[left->sorted[i]] == name)
			i++;
		order[len++] = right_at[right->sorted[j]];
	}
	while (i < left->len)
		order[len++] = at[left->sorted[i++]];
	assert(len == shape->len);
	free(at);
	return true;
}

/* Are the orders that the order of shape would come from known, or nearly so?
 * Else a chain of merges would have each of its steps sorted. */
static bool is_derivable(const struct shape *shape, int depth)
{
	if (shape->sorted || !shape->left)
		return true;
	return depth > 0 && is_derivable(shape->left, depth - 1) &&
	       is_derivable(shape->right, depth - 1);
}

const uint32_t *shape_sorted(struct eval *ev, const struct shape *shape)
{
	struct shape *mutable = (struct shape *)shape;
	uint32_t *order;

	if (shape->sorted || shape->len == 0)
		return shape->sorted ? shape->sorted : (uint32_t *)shape->names;
	order = eval_alloc(ev, shape->len * sizeof(*order));
	if (!order)
		return NULL;
	if (shape->left && shape->len > DERIVE_MIN && is_derivable(shape, 2)) {
		if (!merge_sorted(ev, shape, order))
			return NULL;
	} else if (!sort_names(ev, shape, order)) {
		return NULL;
	}
	mutable->sorted = order;
	return order;
}
