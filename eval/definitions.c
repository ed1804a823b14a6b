#include "eval/definitions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Priorities of lib/modules.nix: a plain definition's, an option default's. */
#define PRIORITY_PLAIN 100
#define PRIORITY_DEFAULT 1500

/* mkIf (mkMerge [ (mkForce ...) ]) nests as its author wrote it. */
#define NESTING_MAX 64

/* The slots of mergeDefinitions' environment. */
enum { SLOT_LOC, SLOT_TYPE, SLOT_DEFS };

struct note {
	struct env *call;
	uint64_t hash;	   /* of loc */
	struct note *next; /* in the bucket */
};

struct definition_notes {
	struct env **calls; /* not yet in the buckets: loc is not forced */
	size_t len, room;
	struct note **buckets;
	size_t mask, count;
};

int definitions_watch(struct eval *ev)
{
	ev->notes = calloc(1, sizeof(*ev->notes));
	return ev->notes ? 0 : -1;
}

void definitions_note(struct eval *ev, struct env *call)
{
	struct definition_notes *notes = ev->notes;

	if (!notes)
		return;
	if (notes->len == notes->room) {
		size_t room = notes->room ? 2 * notes->room : 1024;
		struct env **calls =
			reallocarray(notes->calls, room, sizeof(*calls));

		if (!calls)
			return; /* one note less; nothing depends on it */
		notes->calls = calls;
		notes->room = room;
	}
	notes->calls[notes->len++] = call;
}

static uint64_t hash_step(uint64_t h, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)bytes[i]) * 0x100000001b3u;
	return (h ^ '.') * 0x100000001b3u;
}

static uint64_t hash_path(const struct wire_text *path, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = hash_step(h, path[i].bytes, path[i].len);
	return h;
}

/* The names of loc, forced; NULL where one is no string or fails. */
static struct list *loc_of(struct eval *ev, struct env *call)
{
	value v = value_force(ev, &call->slots[SLOT_LOC]);
	struct list *loc = v && value_tag(v) == TAG_LIST ? value_list(v) : NULL;

	for (size_t i = 0; loc && i < loc->len; i++) {
		v = value_force(ev, &loc->items[i]);
		if (!v || value_tag(v) != TAG_STRING)
			loc = NULL;
	}
	eval_clear_error(ev);
	return loc;
}

static bool loc_is(struct list *loc, const struct wire_text *path, size_t len)
{
	if (!loc || loc->len != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		const struct string *name = value_string(loc->items[i]);

		if (name->len != path[i].len ||
		    memcmp(name->bytes, path[i].bytes, name->len) != 0)
			return false;
	}
	return true;
}

static bool grow_buckets(struct definition_notes *notes)
{
	size_t room = notes->buckets ? 2 * (notes->mask + 1) : 4096;
	struct note **buckets = calloc(room, sizeof(*buckets));

	if (!buckets)
		return false;
	for (size_t i = 0; notes->buckets && i <= notes->mask; i++)
		for (struct note *note = notes->buckets[i], *next; note;
		     note = next) {
			next = note->next;
			note->next = buckets[note->hash & (room - 1)];
			buckets[note->hash & (room - 1)] = note;
		}
	free(notes->buckets);
	notes->buckets = buckets;
	notes->mask = room - 1;
	return true;
}

static void add_note(struct eval *ev, struct definition_notes *notes,
		     struct env *call)
{
	struct list *loc = loc_of(ev, call);
	struct note *note;

	if (!loc || (notes->count >= notes->mask && !grow_buckets(notes)))
		return;
	note = arena_alloc(ev->arena, sizeof(*note));
	if (!note)
		return;
	note->call = call;
	note->hash = 0xcbf29ce484222325u;
	for (size_t i = 0; i < loc->len; i++)
		note->hash = hash_step(note->hash,
				       value_string(loc->items[i])->bytes,
				       value_string(loc->items[i])->len);
	/* At the bucket's end: the first call for a loc is the option's own,
	 * later ones are the types' inside it. */
	note->next = NULL;
	struct note **last = &notes->buckets[note->hash & notes->mask];
	while (*last)
		last = &(*last)->next;
	*last = note;
	notes->count++;
}

static struct env *find_call(struct eval *ev, const struct wire_text *path,
			     size_t len)
{
	struct definition_notes *notes = ev->notes;
	uint64_t hash = hash_path(path, len);

	/* Forcing a loc may note further calls. */
	for (size_t i = 0; i < notes->len; i++)
		add_note(ev, notes, notes->calls[i]);
	notes->len = 0;
	if (!notes->buckets)
		return NULL;
	for (struct note *note = notes->buckets[hash & notes->mask]; note;
	     note = note->next)
		if (note->hash == hash &&
		    loc_is(loc_of(ev, note->call), path, len))
			return note->call;
	return NULL;
}

struct collector {
	struct eval *ev;
	struct definition *items;
	size_t len, room;
};

static int collect_one(struct collector *c, struct definition found)
{
	if (c->len == c->room) {
		size_t room = c->room ? 2 * c->room : 8;
		struct definition *items =
			arena_alloc(c->ev->arena, room * sizeof(*items));

		if (!items)
			return -ENOMEM;
		if (c->len)
			memcpy(items, c->items, c->len * sizeof(*items));
		c->items = items;
		c->room = room;
	}
	c->items[c->len++] = found;
	return 0;
}

static value *member(struct eval *ev, value v, const char *name)
{
	symbol sym = symbol_find(name, strlen(name));

	return sym ? attrs_find(value_attrs(v), sym) : NULL;
}

/* What kind of wrapper the value is: "if", "merge", "override", "order"; NULL
 * if it is none. */
static const char *wrapper(struct eval *ev, value v)
{
	value type;

	if (value_tag(v) != TAG_ATTRS)
		return NULL;
	type = eval_get(ev, &v, symbol_of("_type"));
	if (!type || value_tag(type) != TAG_STRING)
		return NULL;
	return value_string(type)->bytes;
}

/* Take the wrappers off one definition. */
static int collect(struct collector *c, struct definition found, value *cell,
		   int nesting)
{
	struct eval *ev = c->ev;
	value v = value_force(ev, cell);
	value *content;
	const char *kind;
	int err = 0;

	if (nesting > NESTING_MAX)
		return -EIO;
	if (!v) {
		/* What throws is a definition all the same; and where mkIf
		 * switches it off, it may well not evaluate. */
		eval_clear_error(ev);
		found.value = cell;
		return collect_one(c, found);
	}
	kind = wrapper(ev, v);
	content = kind ? member(ev, v, "content") : NULL;
	if (kind && strcmp(kind, "merge") == 0) {
		value *contents = member(ev, v, "contents");
		value list = contents ? value_force(ev, contents) : 0;

		if (!list || value_tag(list) != TAG_LIST)
			return list ? 0 : -EIO;
		for (size_t i = 0; i < value_list(list)->len && err == 0; i++)
			err = collect(c, found, &value_list(list)->items[i],
				      nesting + 1);
		return err;
	}
	if (kind && content && strcmp(kind, "if") == 0) {
		value *condition = member(ev, v, "condition");
		value holds = condition ? value_force(ev, condition) : 0;

		if (!holds)
			eval_clear_error(ev);
		if (holds == VALUE_FALSE)
			found.state = DEFINITION_INACTIVE;
		return collect(c, found, content, nesting + 1);
	}
	if (kind && content && strcmp(kind, "override") == 0) {
		value *priority = member(ev, v, "priority");
		value n = priority ? value_force(ev, priority) : 0;

		if (!n)
			eval_clear_error(ev);
		if (n && value_is_int(n))
			found.priority = value_integer(n);
		return collect(c, found, content, nesting + 1);
	}
	if (kind && content && strcmp(kind, "order") == 0)
		return collect(c, found, content, nesting + 1);
	found.value = cell;
	return collect_one(c, found);
}

/* Tell who counts, and take the option's own default out. */
static void judge(struct collector *c)
{
	int64_t strongest = INT64_MAX;
	size_t counting = 0, kept = 0;

	for (size_t i = 0; i < c->len; i++)
		if (c->items[i].state != DEFINITION_INACTIVE &&
		    c->items[i].priority < strongest)
			strongest = c->items[i].priority;
	for (size_t i = 0; i < c->len; i++)
		counting += c->items[i].state != DEFINITION_INACTIVE &&
			    c->items[i].priority == strongest;
	for (size_t i = 0; i < c->len; i++) {
		struct definition *d = &c->items[i];

		if (d->priority >= PRIORITY_DEFAULT)
			continue;
		if (d->state != DEFINITION_INACTIVE)
			d->state = d->priority != strongest ? DEFINITION_LOST
				   : counting > 1	    ? DEFINITION_MERGED
							    : DEFINITION_WON;
		c->items[kept++] = *d;
	}
	c->len = kept;
}

int definitions_of(struct eval *ev, const struct wire_text *path, size_t len,
		   struct definition **out, size_t *count)
{
	struct collector c = { .ev = ev };
	struct env *call = ev->notes ? find_call(ev, path, len) : NULL;
	value defs;
	int err = 0;

	if (!call)
		return -ENOENT;
	defs = value_force(ev, &call->slots[SLOT_DEFS]);
	if (!defs || value_tag(defs) != TAG_LIST)
		return defs ? -ENOENT : -EIO;
	for (size_t i = 0; i < value_list(defs)->len && err == 0; i++) {
		value def = value_force(ev, &value_list(defs)->items[i]);
		struct definition found = { .priority = PRIORITY_PLAIN };
		value *content;

		if (!def)
			return -EIO;
		if (value_tag(def) != TAG_ATTRS)
			continue;
		found.file = attrs_find(value_attrs(def), SYM_file);
		content = attrs_find(value_attrs(def), SYM_value);
		if (found.file && content)
			err = collect(&c, found, content, 0);
	}
	if (err < 0)
		return err;
	judge(&c);
	*out = c.items;
	*count = c.len;
	return 0;
}
