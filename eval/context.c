/*
 * context.c - what a string depends on in the store
 *
 * Elements, sets of elements and unions of two sets are each looked up in a
 * table before they are made, so that equal ones are the same object.
 */
#include "eval/context.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"

struct union_entry {
	const struct context *a, *b, *result;
};

/* Open hash tables; room is a power of 2. */
struct context_table {
	const struct context_element **elements;
	size_t elements_len, elements_room;
	const struct context **sets;
	size_t sets_len, sets_room;
	struct union_entry *unions;
	size_t unions_len, unions_room;
};

struct context_table *context_table_new(void)
{
	return calloc(1, sizeof(struct context_table));
}

void context_table_free(struct context_table *table)
{
	if (!table)
		return;
	free(table->elements);
	free(table->sets);
	free(table->unions);
	free(table);
}

static inline uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

static uint64_t hash_element(const struct context_element *e)
{
	return mix(mix(e->kind, e->path), e->output);
}

static uint64_t hash_set(uint32_t len,
			 const struct context_element *const *elements)
{
	uint64_t h = len;

	for (uint32_t i = 0; i < len; i++)
		h = mix(h, (uintptr_t)elements[i]);
	return h;
}

static uint64_t hash_union(const struct context *a, const struct context *b)
{
	return mix(mix(1, (uintptr_t)a), (uintptr_t)b);
}

/* Elements and sets are kept in tables of pointers that grow alike. */
static bool elements_grow(struct context_table *t)
{
	size_t room = t->elements_room ? t->elements_room * 2 : 256, slot;
	const struct context_element **to = calloc(room, sizeof(*to));

	if (!to)
		return false;
	for (size_t i = 0; i < t->elements_room; i++) {
		if (!t->elements[i])
			continue;
		slot = hash_element(t->elements[i]) & (room - 1);
		while (to[slot])
			slot = (slot + 1) & (room - 1);
		to[slot] = t->elements[i];
	}
	free(t->elements);
	t->elements = to;
	t->elements_room = room;
	return true;
}

static bool sets_grow(struct context_table *t)
{
	size_t room = t->sets_room ? t->sets_room * 2 : 256, slot;
	const struct context **to = calloc(room, sizeof(*to));

	if (!to)
		return false;
	for (size_t i = 0; i < t->sets_room; i++) {
		const struct context *set = t->sets[i];

		if (!set)
			continue;
		slot = hash_set(set->len, set->elements) & (room - 1);
		while (to[slot])
			slot = (slot + 1) & (room - 1);
		to[slot] = set;
	}
	free(t->sets);
	t->sets = to;
	t->sets_room = room;
	return true;
}

static bool unions_grow(struct context_table *t)
{
	size_t room = t->unions_room ? t->unions_room * 2 : 256, slot;
	struct union_entry *to = calloc(room, sizeof(*to));

	if (!to)
		return false;
	for (size_t i = 0; i < t->unions_room; i++) {
		if (!t->unions[i].a)
			continue;
		slot = hash_union(t->unions[i].a, t->unions[i].b) & (room - 1);
		while (to[slot].a)
			slot = (slot + 1) & (room - 1);
		to[slot] = t->unions[i];
	}
	free(t->unions);
	t->unions = to;
	t->unions_room = room;
	return true;
}

static const struct context_element *
element_of(struct eval *ev, enum context_kind kind, symbol path, symbol output)
{
	struct context_element key = { kind, path, output }, *e;
	struct context_table *t = ev->contexts;
	size_t slot;

	if (t->elements_len >= t->elements_room / 2 && !elements_grow(t)) {
		eval_fail_memory(ev);
		return NULL;
	}
	slot = hash_element(&key) & (t->elements_room - 1);
	for (; t->elements[slot]; slot = (slot + 1) & (t->elements_room - 1)) {
		const struct context_element *old = t->elements[slot];

		if (old->kind == kind && old->path == path &&
		    old->output == output)
			return old;
	}
	e = eval_alloc(ev, sizeof(*e));
	if (!e)
		return NULL;
	*e = key;
	t->elements[slot] = e;
	t->elements_len++;
	return e;
}

/* The set of these elements, which are sorted and unique. */
static const struct context *
set_of(struct eval *ev, uint32_t len,
       const struct context_element *const *elements)
{
	struct context_table *t = ev->contexts;
	const struct context_element **copy;
	struct context *set;
	size_t slot;

	if (t->sets_len >= t->sets_room / 2 && !sets_grow(t)) {
		eval_fail_memory(ev);
		return NULL;
	}
	slot = hash_set(len, elements) & (t->sets_room - 1);
	for (; t->sets[slot]; slot = (slot + 1) & (t->sets_room - 1)) {
		const struct context *old = t->sets[slot];

		if (old->len == len && memcmp(old->elements, elements,
					      len * sizeof(*elements)) == 0)
			return old;
	}
	set = eval_alloc(ev, sizeof(*set) + len * sizeof(*copy));
	if (!set)
		return NULL;
	copy = (const struct context_element **)(set + 1);
	memcpy(copy, elements, len * sizeof(*copy));
	set->len = len;
	set->elements = copy;
	t->sets[slot] = set;
	t->sets_len++;
	return set;
}

/* As Nix sorts them: by kind, then by the paths' bytes, then the output. */
static int element_compare(const struct context_element *a,
			   const struct context_element *b)
{
	static const int rank[] = {
		[CONTEXT_PATH] = 0,
		[CONTEXT_DEEP] = 1,
		[CONTEXT_BUILT] = 2,
	};
	int order;

	if (a == b)
		return 0;
	if (a->kind != b->kind)
		return rank[a->kind] - rank[b->kind];
	order = symbol_compare(a->path, b->path);
	if (order == 0 && a->kind == CONTEXT_BUILT)
		order = symbol_compare(a->output, b->output);
	return order;
}

const struct context *context_of(struct eval *ev, enum context_kind kind,
				 symbol path, symbol output)
{
	const struct context_element *e = element_of(ev, kind, path, output);

	return e ? set_of(ev, 1, &e) : NULL;
}

static const struct context *merge(struct eval *ev, const struct context *a,
				   const struct context *b)
{
	const struct context_element **out, *stack[64];
	const struct context *set;
	uint32_t i = 0, j = 0, len = 0;

	out = stack;
	if ((size_t)a->len + b->len > 64)
		out = malloc(((size_t)a->len + b->len) * sizeof(*out));
	if (!out) {
		eval_fail_memory(ev);
		return NULL;
	}
	while (i < a->len && j < b->len) {
		int order = element_compare(a->elements[i], b->elements[j]);

		out[len++] = order <= 0 ? a->elements[i] : b->elements[j];
		i += order <= 0;
		j += order >= 0;
	}
	while (i < a->len)
		out[len++] = a->elements[i++];
	while (j < b->len)
		out[len++] = b->elements[j++];
	set = set_of(ev, len, out);
	if (out != stack)
		free(out);
	return set;
}

const struct context *context_union(struct eval *ev, const struct context *a,
				    const struct context *b)
{
	struct context_table *t = ev->contexts;
	const struct context *set;
	size_t slot;

	if (a == b || !b)
		return a;
	if (!a)
		return b;

	if (t->unions_len >= t->unions_room / 2 && !unions_grow(t)) {
		eval_fail_memory(ev);
		return NULL;
	}
	slot = hash_union(a, b) & (t->unions_room - 1);
	for (; t->unions[slot].a; slot = (slot + 1) & (t->unions_room - 1))
		if (t->unions[slot].a == a && t->unions[slot].b == b)
			return t->unions[slot].result;
	set = merge(ev, a, b);
	if (!set)
		return NULL;
	t->unions[slot] = (struct union_entry){ a, b, set };
	t->unions_len++;
	return set;
}
