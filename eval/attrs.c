/*
 * attrs.c - attribute sets: lookup, layers, `//`
 *
 * What `//`, removeAttrs and intersectAttrs do to the
 * names depends on the shapes alone, so it is worked out once for a pair of
 * shapes and remembered as a plan: the result's shape, and for each of its
 * attributes where the value comes from. Doing it again is a gather loop.
 *
 * A layered set has the shape shape_layered and, instead of values, a base set,
 * an overlay that wins over it, and, once somebody asked for it, the flat set
 * that the two amount to.
 */
#include "eval/attrs.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/shape.h"

/* A set is layered if the left side is larger than this, */
#define LAYER_MIN 64
/* and this many times larger than the right. */
#define LAYER_RATIO 4
#define LAYER_DEPTH 10

/* Plans of larger sets are not worth their memory. */
#define PLAN_MAX 2048
/* Plans of sets larger than this are made the second time. */
#define PLAN_SMALL 64

enum plan_kind { PLAN_UPDATE, PLAN_INTERSECT };

struct plan {
	const struct shape *a, *b, *result;
	uint32_t kind;
	/* Of result's attribute i: 2 * index, + 1 if in b. */
	uint32_t from[];
};

static alignas(8) struct attrs empty_attrs = { .shape = &shape_empty };

struct layers {
	const struct shape *shape; /* &shape_layered */
	struct attrs *base, *overlay;
	struct attrs *flat; /* NULL: not made yet */
	uint32_t len, depth;
};

static inline struct layers *as_layers(const struct attrs *set)
{
	return set->shape == &shape_layered ? (struct layers *)set : NULL;
}

struct attrs *attrs_empty(void)
{
	return &empty_attrs;
}

struct attrs *attrs_new(struct eval *ev, const struct shape *shape)
{
	struct attrs *set;

	if (!shape)
		return NULL;
	if (shape->len == 0)
		return &empty_attrs;
	set = eval_alloc(ev, sizeof(*set) + shape->len * sizeof(value));
	if (set)
		set->shape = shape;
	return set;
}

size_t attrs_len(const struct attrs *set)
{
	const struct layers *layers = as_layers(set);

	return layers ? layers->len : set->shape->len;
}

value *attrs_find_layered(const struct attrs *set, symbol sym)
{
	const struct layers *layers;
	int64_t i;

	while ((layers = as_layers(set))) {
		if (layers->flat) {
			set = layers->flat;
			break;
		}
		i = shape_find(layers->overlay->shape, sym);
		if (i >= 0)
			return &layers->overlay->values[i];
		set = layers->base;
	}
	i = shape_find(set->shape, sym);
	return i < 0 ? NULL : (value *)&set->values[i];
}

pos_t attrs_pos(const struct attrs *set, symbol sym)
{
	const struct layers *layers;
	int64_t i;

	while ((layers = as_layers(set))) {
		i = shape_find(layers->overlay->shape, sym);
		if (i >= 0)
			return shape_pos(layers->overlay->shape, i);
		set = layers->base;
	}
	i = shape_find(set->shape, sym);
	return i < 0 ? 0 : shape_pos(set->shape, i);
}

static struct attrs *update_flat(struct eval *ev, struct attrs *a,
				 struct attrs *b);

struct attrs *attrs_flat(struct eval *ev, struct attrs *set)
{
	struct layers *layers = as_layers(set);
	struct attrs *overlay, *base;

	if (!layers)
		return set;
	if (layers->flat)
		return layers->flat;

	/* The overlays are small: join them first, walk the base once. */
	overlay = layers->overlay;
	base = layers->base;
	while (overlay && as_layers(base) && !as_layers(base)->flat) {
		overlay = update_flat(ev, as_layers(base)->overlay, overlay);
		base = as_layers(base)->base;
	}
	if (!overlay)
		return NULL;
	if (as_layers(base))
		base = as_layers(base)->flat;
	layers->flat = update_flat(ev, base, overlay);
	return layers->flat;
}

symbol attrs_sorted(struct eval *ev, struct attrs *flat, size_t i, value **cell)
{
	const uint32_t *order = shape_sorted(ev, flat->shape);

	if (!order)
		return 0;
	*cell = &flat->values[order[i]];
	return flat->shape->names[order[i]];
}

/*
 * Plans.
 */

static size_t plan_slot(const struct shape *a, const struct shape *b,
			uint32_t kind, size_t room)
{
	return mix(mix(kind, (uintptr_t)a), (uintptr_t)b) >> 8 & (room - 1);
}

static const struct plan *plan_find(const struct shape_table *table,
				    const struct shape *a,
				    const struct shape *b, uint32_t kind)
{
	size_t mask = table->plans_room - 1, slot;

	if (!table->plans_room)
		return NULL;
	slot = plan_slot(a, b, kind, table->plans_room);
	for (; table->plans[slot]; slot = (slot + 1) & mask) {
		const struct plan *plan = table->plans[slot];

		if (plan->a == a && plan->b == b && plan->kind == kind)
			return plan;
	}
	return NULL;
}

/* Was a plan for this pair wanted before? Notes it. */
static bool seen_before(struct shape_table *table, const struct shape *a,
			const struct shape *b)
{
	uint64_t h = mix(mix(0, (uintptr_t)a), (uintptr_t)b);
	uint32_t *slot = &table->filter[h % PLAN_FILTER];
	bool seen = *slot == (uint32_t)(h >> 32);

	*slot = h >> 32;
	return seen;
}

static bool plans_grow(struct shape_table *table)
{
	size_t room = table->plans_room ? table->plans_room * 2 : 1024;
	struct plan **plans = calloc(room, sizeof(struct plan *));

	if (!plans)
		return false;
	for (size_t i = 0; i < table->plans_room; i++) {
		struct plan *plan = table->plans[i];
		size_t slot;

		if (!plan)
			continue;
		slot = plan_slot(plan->a, plan->b, plan->kind, room);
		while (plans[slot])
			slot = (slot + 1) & (room - 1);
		plans[slot] = plan;
	}
	free(table->plans);
	table->plans = plans;
	table->plans_room = room;
	return true;
}

/* Remembering is best effort: without memory the plan is worked out anew. */
static void plan_add(struct shape_table *table, struct plan *plan)
{
	size_t mask, slot;

	if (table->plans_len >= table->plans_room / 2 && !plans_grow(table))
		return;
	mask = table->plans_room - 1;
	slot = plan_slot(plan->a, plan->b, plan->kind, table->plans_room);
	while (table->plans[slot])
		slot = (slot + 1) & mask;
	table->plans[slot] = plan;
	table->plans_len++;
}

/*
 * Names and origins of a // b or of the intersection; returns how many.
 */
static size_t merge(uint32_t kind, const struct shape *a, const struct shape *b,
		    symbol *names, pos_t *positions, uint32_t *from)
{
	bool update = kind == PLAN_UPDATE;
	uint32_t i = 0, j = 0, len = 0;

	while (i < a->len && j < b->len) {
		symbol x = a->names[i], y = b->names[j];
		bool right = y <= x;

		if (x == y || update) {
			names[len] = right ? y : x;
			positions[len] =
				right ? shape_pos(b, j) : shape_pos(a, i);
			from[len++] = right ? j * 2 + 1 : i * 2;
		}
		i += x <= y;
		j += right;
	}
	for (; update && i < a->len; i++) {
		names[len] = a->names[i];
		positions[len] = shape_pos(a, i);
		from[len++] = i * 2;
	}
	for (; update && j < b->len; j++) {
		names[len] = b->names[j];
		positions[len] = shape_pos(b, j);
		from[len++] = j * 2 + 1;
	}
	return len;
}

static struct attrs *gather(struct eval *ev, const struct shape *shape,
			    const uint32_t *from, const struct attrs *a,
			    const struct attrs *b)
{
	struct attrs *set = attrs_new(ev, shape);
	const value *sides[] = { a->values, b->values };

	if (!set)
		return NULL;
	for (uint32_t i = 0; i < shape->len; i++)
		set->values[i] = sides[from[i] & 1][from[i] >> 1];
	return set;
}

static struct attrs *combine(struct eval *ev, uint32_t kind, struct attrs *a,
			     struct attrs *b)
{
	const struct plan *known =
		plan_find(ev->shapes, a->shape, b->shape, kind);
	size_t room = (size_t)a->shape->len + b->shape->len, len;
	const struct shape *shape;
	struct attrs *set = NULL;
	symbol *names, stack[3 * 64];
	struct plan *plan;

	if (known)
		return gather(ev, known->result, known->from, a, b);

	names = stack;
	if (room > 64)
		names = malloc(3 * room * sizeof(*names));
	if (!names) {
		eval_fail_memory(ev);
		return NULL;
	}
	len = merge(kind, a->shape, b->shape, names, names + room,
		    names + 2 * room);
	shape = shape_intern(ev, len, names, names + room);
	if (!shape)
		goto out;
	if (kind == PLAN_UPDATE && !shape->left && shape != a->shape &&
	    shape != b->shape) {
		((struct shape *)shape)->left = a->shape;
		((struct shape *)shape)->right = b->shape;
	}
	set = gather(ev, shape, names + 2 * room, a, b);
	if (!set || len > PLAN_MAX ||
	    (len > PLAN_SMALL && !seen_before(ev->shapes, a->shape, b->shape)))
		goto out;
	plan = eval_alloc(ev, sizeof(*plan) + len * sizeof(*plan->from));
	if (!plan) {
		set = NULL;
		goto out;
	}
	plan->a = a->shape;
	plan->b = b->shape;
	plan->result = shape;
	plan->kind = kind;
	memcpy(plan->from, names + 2 * room, len * sizeof(*plan->from));
	plan_add(ev->shapes, plan);
out:
	if (names != stack)
		free(names);
	return set;
}

/* Both flat. */
static struct attrs *update_flat(struct eval *ev, struct attrs *a,
				 struct attrs *b)
{
	if (a->shape->len == 0)
		return b;
	if (b->shape->len == 0)
		return a;
	return combine(ev, PLAN_UPDATE, a, b);
}

/* a // b, b flat and small beside a. */
static struct attrs *update_layered(struct eval *ev, struct attrs *a,
				    struct attrs *b)
{
	struct layers *under = as_layers(a), *layers;
	uint32_t added = 0;

	if (under && under->flat) {
		a = under->flat;
		under = NULL;
	}
	for (uint32_t i = 0; i < b->shape->len; i++)
		added += !attrs_find(a, b->shape->names[i]);
	added += attrs_len(a);

	/* Layers of like size become one, so that sizes double downwards and
	 * there are few of them. */
	while (under && under->overlay->shape->len <= 2 * b->shape->len) {
		b = update_flat(ev, under->overlay, b);
		if (!b)
			return NULL;
		a = under->base;
		under = as_layers(a);
	}
	if (b->shape->len > attrs_len(a) / LAYER_RATIO ||
	    (under && under->depth >= LAYER_DEPTH)) {
		a = attrs_flat(ev, a);
		return a ? update_flat(ev, a, b) : NULL;
	}

	layers = eval_alloc(ev, sizeof(*layers));
	if (!layers)
		return NULL;
	layers->shape = &shape_layered;
	layers->base = a;
	layers->overlay = b;
	layers->flat = NULL;
	layers->len = added;
	layers->depth = under ? under->depth + 1 : 1;
	return (struct attrs *)layers;
}

struct attrs *attrs_update(struct eval *ev, struct attrs *a, struct attrs *b)
{
	size_t a_len = attrs_len(a), b_len = attrs_len(b);

	if (a_len == 0)
		return b;
	if (b_len == 0)
		return a;
	b = attrs_flat(ev, b);
	if (!b)
		return NULL;
	if (a_len > LAYER_MIN && b_len <= a_len / LAYER_RATIO)
		return update_layered(ev, a, b);
	a = attrs_flat(ev, a);
	return a ? update_flat(ev, a, b) : NULL;
}

struct attrs *attrs_intersect(struct eval *ev, struct attrs *names,
			      struct attrs *set)
{
	struct attrs_builder b;
	const struct attrs *small;

	if (attrs_len(names) == 0 || attrs_len(set) == 0)
		return &empty_attrs;

	/* One side far smaller: look its names up instead of walking both. */
	if (attrs_len(names) / 8 > attrs_len(set) ||
	    attrs_len(set) / 8 > attrs_len(names)) {
		bool left = attrs_len(names) < attrs_len(set);

		small = attrs_flat(ev, left ? names : set);
		if (!small)
			return NULL;
		attrs_builder_init(&b, ev, small->shape->len);
		for (uint32_t i = 0; i < small->shape->len; i++) {
			symbol name = small->shape->names[i];
			value *cell;

			if (!attrs_find(left ? set : names, name))
				continue;
			cell = attrs_find(set, name);
			if (attrs_builder_add(&b, name, attrs_pos(set, name),
					      *cell) < 0)
				break;
		}
		return attrs_builder_finish(&b, true);
	}

	names = attrs_flat(ev, names);
	set = attrs_flat(ev, set);
	if (!names || !set)
		return NULL;
	return combine(ev, PLAN_INTERSECT, names, set);
}

static int by_symbol(const void *a, const void *b)
{
	symbol x = *(const symbol *)a, y = *(const symbol *)b;

	return x < y ? -1 : x > y;
}

struct attrs *attrs_without(struct eval *ev, struct attrs *set, size_t len,
			    const symbol *names)
{
	const struct shape *shape;
	struct attrs *result = NULL;
	symbol *work, *gone, *kept, stack[4 * 64];
	size_t kept_len = 0, j = 0, hits = 0;

	set = attrs_flat(ev, set);
	if (!set)
		return NULL;
	for (size_t i = 0; i < len; i++)
		hits += shape_find(set->shape, names[i]) >= 0;
	/* Still a set of its own: what is printed as «repeated» shows it. */
	if (hits == 0) {
		result = attrs_new(ev, set->shape);
		if (result)
			memcpy(result->values, set->values,
			       set->shape->len * sizeof(value));
		return result;
	}

	shape = set->shape;
	work = stack;
	if (len > 64 || shape->len > 64)
		work = malloc((len + 3 * (size_t)shape->len) * sizeof(*work));
	if (!work) {
		eval_fail_memory(ev);
		return NULL;
	}
	gone = work;
	kept = work + len;
	memcpy(gone, names, len * sizeof(*names));
	qsort(gone, len, sizeof(*gone), by_symbol);
	for (uint32_t i = 0; i < shape->len; i++) {
		while (j < len && gone[j] < shape->names[i])
			j++;
		if (j < len && gone[j] == shape->names[i])
			continue;
		kept[kept_len] = shape->names[i];
		kept[shape->len + kept_len] = shape_pos(shape, i);
		kept[2 * (size_t)shape->len + kept_len++] = i * 2;
	}
	shape = shape_intern(ev, kept_len, kept, kept + shape->len);
	if (shape)
		result = gather(ev, shape, kept + 2 * (size_t)set->shape->len,
				set, set);
	if (work != stack)
		free(work);
	return result;
}

struct attrs *attrs_like(struct eval *ev, const struct attrs *like)
{
	const struct shape *plain = shape_plain(ev, like->shape);

	assert(!as_layers(like));
	return plain ? attrs_new(ev, plain) : NULL;
}

void attrs_builder_init(struct attrs_builder *b, struct eval *ev, size_t room)
{
	memset(b, 0, sizeof(*b));
	b->ev = ev;
	b->room = room;
}

static bool builder_grow(struct attrs_builder *b)
{
	size_t room = b->values ? b->room * 2 : b->room;
	void *names, *positions, *values;

	if (room < 8)
		room = 8;
	if (room > UINT32_MAX / 2)
		return false;
	names = realloc(b->names, room * sizeof(*b->names));
	if (names)
		b->names = names;
	positions = realloc(b->positions, room * sizeof(*b->positions));
	if (positions)
		b->positions = positions;
	values = realloc(b->values, room * sizeof(*b->values));
	if (values)
		b->values = values;
	b->room = room;
	return names && positions && values;
}

void attrs_builder_release(struct attrs_builder *b)
{
	free(b->names);
	free(b->positions);
	free(b->values);
	b->names = NULL;
	b->positions = NULL;
	b->values = NULL;
	b->len = 0;
}

int attrs_builder_add(struct attrs_builder *b, symbol name, pos_t pos, value v)
{
	if ((!b->values || b->len == b->room) && !builder_grow(b)) {
		attrs_builder_release(b);
		eval_fail_memory(b->ev);
		return -1;
	}
	b->names[b->len] = name;
	b->positions[b->len] = pos;
	b->values[b->len++] = v;
	return 0;
}

/* Often so: names are numbered in the order in which they were met. */
static bool is_ascending(size_t len, const symbol *names)
{
	for (size_t i = 1; i < len; i++)
		if (names[i - 1] >= names[i])
			return false;
	return true;
}

struct attrs *attrs_builder_finish(struct attrs_builder *b, bool first_wins)
{
	struct attrs *set = NULL;
	const struct shape *shape;
	struct shape_named *sorted = NULL;
	symbol *names = NULL;
	uint32_t *at = NULL;
	size_t len = 0;

	if (b->len == 0) {
		/* Either nothing was added, or adding failed. */
		set = b->ev->error ? NULL : &empty_attrs;
		goto out;
	}
	if (is_ascending(b->len, b->names)) {
		set = attrs_new(b->ev, shape_intern(b->ev, b->len, b->names,
						    b->positions));
		if (set)
			memcpy(set->values, b->values,
			       b->len * sizeof(*b->values));
		goto out;
	}
	sorted = malloc(b->len * sizeof(*sorted));
	names = malloc(b->len * 2 * sizeof(*names));
	at = malloc(b->len * sizeof(*at));
	if (!sorted || !names || !at) {
		eval_fail_memory(b->ev);
		goto out;
	}
	for (size_t i = 0; i < b->len; i++)
		sorted[i] = (struct shape_named){ b->names[i], i };
	qsort(sorted, b->len, sizeof(*sorted), shape_by_name);
	for (size_t i = 0; i < b->len; i++) {
		if (len && names[len - 1] == sorted[i].name) {
			if (!first_wins)
				at[len - 1] = sorted[i].at;
			continue;
		}
		names[len] = sorted[i].name;
		at[len++] = sorted[i].at;
	}
	for (size_t i = 0; i < len; i++)
		names[b->len + i] = b->positions[at[i]];
	shape = shape_intern(b->ev, len, names, names + b->len);
	set = attrs_new(b->ev, shape);
	for (size_t i = 0; set && i < len; i++)
		set->values[i] = b->values[at[i]];
out:
	free(sorted);
	free(names);
	free(at);
	attrs_builder_release(b);
	return set;
}
