/* store.c - store paths of what evaluation copies to the store */
#include "eval/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "eval/buf.h"
#include "eval/build.h"
#include "eval/context.h"
#include "eval/derivation.h"
#include "eval/drv_table.h"
#include "eval/eval.h"
#include "eval/nar.h"
#include "eval/source_private.h"
#include "eval/store_private.h"
#include "eval/storepath.h"
#include "eval/trace.h"

/* A path that was hashed, without filter. */
struct added {
	const struct source *source;
	const char *path, *name;
	bool recursive;
	value result;
};

/* Both tables: open addressing, a power of two, at most half full. */
struct store {
	struct added *added;
	size_t nadded, added_room;
	struct store_object **objects; /* by path */
	size_t nobjects, objects_room;
	struct drv_table *derivations;
	struct buf *text; /* where the next .drv text goes; NULL: nowhere */
};

static struct store *store_of(struct eval *ev)
{
	if (!ev->store) {
		ev->store = arena_alloc(ev->arena, sizeof(*ev->store));
		if (!ev->store) {
			eval_fail_memory(ev);
			return NULL;
		}
		memset(ev->store, 0, sizeof(*ev->store));
	}
	return ev->store;
}

/* --- what was added, by where it came from --- */

static uint64_t added_hash(const struct source *source, const char *path,
			   const char *name, bool recursive)
{
	uint64_t h = XXH3_64bits_withSeed(path, strlen(path), source->id);

	return XXH3_64bits_withSeed(name, strlen(name), h + recursive);
}

/* The entry, or the empty place for it. */
static struct added *added_slot(struct added *slots, size_t room,
				const struct added *key)
{
	size_t i =
		added_hash(key->source, key->path, key->name, key->recursive);

	for (;; i++) {
		struct added *a = &slots[i & (room - 1)];

		if (!a->source || (a->source == key->source &&
				   a->recursive == key->recursive &&
				   !strcmp(a->path, key->path) &&
				   !strcmp(a->name, key->name)))
			return a;
	}
}

static int remember_added(struct eval *ev, const struct added *entry)
{
	struct store *store = ev->store;
	struct added *slots;
	size_t room = store->added_room ? 2 * store->added_room : 64;

	if (2 * store->nadded >= store->added_room) {
		slots = arena_alloc(ev->arena, room * sizeof(*slots));
		if (!slots) {
			eval_fail_memory(ev);
			return -1;
		}
		memset(slots, 0, room * sizeof(*slots));
		for (size_t i = 0; i < store->added_room; i++)
			if (store->added[i].source)
				*added_slot(slots, room, &store->added[i]) =
					store->added[i];
		store->added = slots;
		store->added_room = room;
	}
	*added_slot(store->added, store->added_room, entry) = *entry;
	store->nadded++;
	return 0;
}

/* --- what was added, by store path --- */

static struct store_object **object_slot(struct store_object **slots,
					 size_t room, symbol path)
{
	for (size_t i = path * 0x9e3779b1u;; i++) {
		struct store_object **slot = &slots[i & (room - 1)];

		if (!*slot || (*slot)->path == path)
			return slot;
	}
}

static struct store_object *find_object(struct eval *ev, symbol path)
{
	struct store *store = ev->store;

	if (!store || !store->objects_room)
		return NULL;
	return *object_slot(store->objects, store->objects_room, path);
}

/* Keep a copy of the object, unless its path is known already. */
static int remember_object(struct eval *ev, const struct store_object *object)
{
	struct store *store = store_of(ev);
	struct store_object **slots, **slot, *copy;
	size_t room;

	if (!store)
		return -1;
	room = store->objects_room ? 2 * store->objects_room : 64;
	if (2 * store->nobjects >= store->objects_room) {
		slots = arena_alloc(ev->arena, room * sizeof(*slots));
		if (!slots)
			goto out;
		memset(slots, 0, room * sizeof(*slots));
		for (size_t i = 0; i < store->objects_room; i++)
			if (store->objects[i])
				*object_slot(slots, room,
					     store->objects[i]->path) =
					store->objects[i];
		store->objects = slots;
		store->objects_room = room;
	}
	slot = object_slot(store->objects, store->objects_room, object->path);
	if (*slot)
		return 0;
	copy = arena_alloc(ev->arena, sizeof(*copy));
	if (!copy)
		goto out;
	*copy = *object;
	*slot = copy;
	store->nobjects++;
	return 0;
out:
	eval_fail_memory(ev);
	return -1;
}

/* --- adding --- */

/* Fail with the message in err, unless an error is pending already. */
static value fail_with(struct eval *ev, pos_t pos, struct buf *err)
{
	if (!eval_error(ev))
		eval_fail(ev, ERROR_EVAL, pos, "%s", buf_text(err));
	return 0;
}

/* The string that is a store path, and has it as its context. */
static value path_string(struct eval *ev, symbol path)
{
	const struct context *context = context_of(ev, CONTEXT_PATH, path, 0);

	if (!path || !context)
		return 0;
	return value_new_string(ev, symbol_bytes(path), symbol_len(path),
				context);
}

struct filtering {
	struct eval *ev;
	pos_t pos;
	value filter;
	struct path *root;
	struct buf excluded; /* array of const char * */
};

static value type_string(enum source_type type)
{
	const char *name = source_type_name(type);
	symbol sym = symbol_intern(name, strlen(name));

	return sym ? symbol_string(sym) : 0;
}

/* Ask the filter function about an entry (struct source_filter). */
static int keep(void *ctx, const char *path, enum source_type type,
		struct buf *err)
{
	struct filtering *f = ctx;
	const struct source *source = f->root->source;
	size_t len = strlen(path), root = f->root->len;
	value args[2], answer;
	const char *inside;
	bool yes;

	args[0] = value_new_buffer(f->ev, source->prefix_len + len, NULL);
	args[1] = type_string(type);
	if (!args[0] || !args[1])
		return -1;
	memcpy(value_string(args[0])->bytes, source->prefix,
	       source->prefix_len);
	memcpy(value_string(args[0])->bytes + source->prefix_len, path, len);
	answer = eval_call(f->ev, f->pos, f->filter, 2, args);
	if (!answer ||
	    eval_bool(f->ev, &answer, f->pos,
		      "while evaluating the return value of the path filter "
		      "function",
		      &yes) < 0)
		return -1;
	if (yes)
		return 1;

	inside = path + (root > 1 ? root : 0);
	inside = arena_strndup(f->ev->arena, inside, strlen(inside));
	buf_add(&f->excluded, &inside, sizeof(inside));
	if (!inside || f->excluded.failed) {
		eval_fail_memory(f->ev);
		return -1;
	}
	return 0;
}

/* The hash of the file or folder, and what the filter leaves out of it. */
static int hash_path(struct eval *ev, pos_t pos, struct path *path,
		     bool recursive, value filter, struct hash *hash,
		     struct store_object *object)
{
	struct filtering f = {
		.ev = ev,
		.pos = pos,
		.filter = filter,
		.root = path,
	};
	struct source_filter asking = { .keep = keep, .ctx = &f };
	struct buf err = BUF_INIT;
	const char *bytes;
	size_t len;
	int rc;

	if (!recursive) {
		rc = source_read(ev, path->source, path->bytes, &bytes, &len);
		if (rc < 0) {
			source_fail(ev, 0, path->source, path->bytes, rc);
			return -1;
		}
		hash_bytes(HASH_SHA256, bytes, len, hash);
		return 0;
	}
	/* The whole of a source may have been hashed for its own path. */
	if (path->len == 1 && path->source->prefix_len && !filter) {
		if (!source_store_path(ev, path->source))
			return -1;
		if (path->source->nar_hash.size) {
			*hash = path->source->nar_hash;
			return 0;
		}
	}
	rc = source_nar_hash(ev, path->source, path->bytes,
			     filter ? &asking : NULL, hash, &err);
	if (rc < 0)
		fail_with(ev, 0, &err);
	buf_release(&err);
	if (rc == 0 && f.excluded.len) {
		object->nexcluded = f.excluded.len / sizeof(char *);
		object->excluded = (const char **)arena_strndup(
			ev->arena, f.excluded.data, f.excluded.len);
		if (!object->excluded) {
			eval_fail_memory(ev);
			rc = -1;
		}
	}
	buf_release(&f.excluded);
	return rc;
}

const char *store_name(struct eval *ev, const struct path *path)
{
	const char *text = path->bytes;

	if (path->len == 1) {
		if (!path->source->prefix_len)
			return "source";
		text = source_store_path(ev, path->source);
		if (!text)
			return NULL;
	}
	return strrchr(text, '/') + 1;
}

value store_add_path(struct eval *ev, pos_t pos, struct path *path,
		     const char *name, bool recursive, value filter)
{
	struct added entry = {
		.source = path->source,
		.path = path->bytes,
		.recursive = recursive,
	};
	struct store_object object = { 0 };
	struct store *store = store_of(ev);
	struct buf err = BUF_INIT;
	struct storepath made;
	struct hash hash;
	value v = 0;

	if (!store)
		return 0;
	if (!name)
		name = store_name(ev, path);
	if (name)
		name = source_reveal(ev, name, strlen(name));
	if (!name)
		return 0;
	entry.name = name;
	if (!filter && store->added_room) {
		v = added_slot(store->added, store->added_room, &entry)->result;
		if (v)
			return v;
	}

	path = source_resolve(ev, path, false);
	object.origin = path;
	if (!path ||
	    hash_path(ev, pos, path, recursive, filter, &hash, &object) < 0)
		return 0;
	if (storepath_fixed(&made, recursive ? STOREPATH_NAR : STOREPATH_FLAT,
			    &hash, name, strlen(name), NULL, 0, &err) < 0) {
		fail_with(ev, 0, &err);
		goto out;
	}
	object.path = symbol_intern(made.text, made.len);
	v = object.path ? path_string(ev, object.path) : 0;
	if (!v || remember_object(ev, &object) < 0)
		return 0;
	if (!filter) {
		entry.name = arena_strndup(ev->arena, name, strlen(name));
		entry.result = v;
		if (!entry.name || remember_added(ev, &entry) < 0)
			return 0;
	}
out:
	buf_release(&err);
	return v;
}

static int compare_refs(const void *a, const void *b)
{
	const struct storepath_text *x = a, *y = b;

	return drv_compare(*x, *y);
}

value store_add_text(struct eval *ev, const char *name, const char *bytes,
		     size_t len, const struct context *references)
{
	size_t nrefs = references ? references->len : 0;
	struct store_object object = { .len = len, .references = references };
	struct storepath_text *refs;
	struct buf err = BUF_INIT;
	struct storepath made;
	struct hash hash;

	name = source_reveal(ev, name, strlen(name));
	bytes = source_reveal(ev, bytes, len);
	refs = arena_alloc(ev->arena, (nrefs + 1) * sizeof(*refs));
	if (!name || !bytes || !refs)
		return 0;
	for (size_t i = 0; i < nrefs; i++) {
		symbol path = references->elements[i]->path;

		refs[i].len = symbol_len(path);
		refs[i].bytes =
			source_reveal(ev, symbol_bytes(path), refs[i].len);
		if (!refs[i].bytes)
			return 0;
	}
	if (nrefs > 1)
		qsort(refs, nrefs, sizeof(*refs), compare_refs);

	hash_bytes(HASH_SHA256, bytes, len, &hash);
	if (storepath_fixed(&made, STOREPATH_TEXT, &hash, name, strlen(name),
			    refs, nrefs, &err) < 0) {
		fail_with(ev, 0, &err);
		buf_release(&err);
		return 0;
	}
	object.bytes = bytes;
	object.path = symbol_intern(made.text, made.len);
	if (!object.path || remember_object(ev, &object) < 0)
		return 0;
	return path_string(ev, object.path);
}

/* --- derivations --- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* For the table: a derivation that was not made here. */
static int load_derivation(void *ctx, const char *path, size_t len,
			   struct buf *text, struct buf *err)
{
	struct eval *ev = ctx;
	struct source *root = source_root(ev);
	const char *bytes;
	size_t size;

	if (!root || source_read(ev, root, path, &bytes, &size) < 0)
		return buf_fail(err, "path '%s' is not valid", base_name(path));
	buf_add(text, bytes, size);
	return 0;
}

static void take_text(void *ctx, const struct storepath *path,
		      const struct buf *text)
{
	struct eval *ev = ctx;

	if (ev->store->text)
		buf_add(ev->store->text, text->data, text->len);
}

struct drv_table *store_derivations(struct eval *ev)
{
	struct drv_table_ops ops = {
		.load = load_derivation,
		.made = take_text,
		.ctx = ev,
	};
	struct store *store = store_of(ev);

	if (store && !store->derivations) {
		store->derivations = drv_table_new(&ops);
		if (!store->derivations)
			eval_fail_memory(ev);
	}
	return store ? store->derivations : NULL;
}

int store_add_derivation(struct eval *ev, symbol path, struct attrs *set,
			 const struct context *references)
{
	struct store_object object = {
		.path = path,
		.derivation = set,
		.references = references,
	};

	return remember_object(ev, &object);
}

/* Make the derivation again, which is quick as all of it is evaluated. */
static int print_derivation(struct eval *ev, struct attrs *set,
			    struct buf *text)
{
	struct buf *before = ev->store->text;
	value v;

	ev->store->text = text;
	v = derivation_make(ev, set);
	ev->store->text = before;
	return v ? 0 : -1;
}

/* What the derivation's text refers to: .drv files and sources, as paths. */
static const struct context *as_paths(struct eval *ev,
				      const struct context *references)
{
	const struct context *paths = NULL, *one;

	for (uint32_t i = 0; references && i < references->len; i++) {
		const struct context_element *e = references->elements[i];

		one = context_of(ev, CONTEXT_PATH, e->path, 0);
		paths = one ? context_union(ev, paths, one) : NULL;
		if (!paths)
			break;
	}
	return paths;
}

/* Give a derivation's object its text. */
static int complete_object(struct eval *ev, struct store_object *object)
{
	struct buf text = BUF_INIT;
	int rc = -1;

	if (!object->derivation || object->bytes)
		return 0;
	if (print_derivation(ev, object->derivation, &text) < 0)
		goto out;
	object->bytes = arena_strndup(ev->arena, buf_text(&text), text.len);
	object->len = text.len;
	object->references = as_paths(ev, object->references);
	if (text.failed || !object->bytes)
		eval_fail_memory(ev);
	else
		rc = 0;
out:
	buf_release(&text);
	return rc;
}

int store_read_derivation(struct eval *ev, const char *path, struct buf *text,
			  struct buf *err)
{
	size_t len = strlen(path);
	symbol name = symbol_find(path, len);
	struct store_object *object = name ? find_object(ev, name) : NULL;

	if (!object || !object->derivation)
		return load_derivation(ev, path, len, text, err);
	if (complete_object(ev, object) < 0) {
		buf_fail(err, "%s", eval_error(ev)->message);
		eval_clear_error(ev);
		return -1;
	}
	buf_add(text, object->bytes, object->len);
	return 0;
}

/* --- reading what is in the store --- */

static bool on_disk(struct eval *ev, const char *path)
{
	struct source *root = source_root(ev);
	struct source_stat st;

	return root && source_stat(ev, root, path, &st) == 0 &&
	       st.type != SOURCE_MISSING;
}

static int realise_path(struct eval *ev, pos_t pos, symbol path)
{
	struct store_object *object = find_object(ev, path);
	const char *text = symbol_bytes(path);

	if (object)
		return complete_object(ev, object) < 0
			       ? -1
			       : store_object_mount(ev, object);
	if (source_of_store_path(ev, text, symbol_len(path)) ||
	    on_disk(ev, text))
		return 0;
	eval_fail(ev, ERROR_IO, pos, "path '%s' is not valid", base_name(text));
	return -1;
}

/* What is built may be read, even where evaluation is pure. */
static bool is_output_there(struct eval *ev, const struct drv_output *output,
			    bool again)
{
	const char *path = output->path.text;

	if (ev->settings.pure && source_allow(ev, path) < 0)
		return false;
	if (again)
		source_forget(ev, source_root(ev), path);
	return on_disk(ev, path);
}

/* Is the output that e names in the store? again: it may be there now. */
static bool is_built(struct eval *ev, const struct context_element *e,
		     bool again)
{
	struct storepath_text output = { symbol_bytes(e->output),
					 symbol_len(e->output) };
	const char *path = symbol_bytes(e->path);
	const char *name = base_name(path) + STOREPATH_HASH_LEN + 1;
	struct buf text = BUF_INIT, err = BUF_INIT;
	bool built = false;
	struct drv drv;

	if (store_read_derivation(ev, path, &text, &err) == 0 &&
	    drv_parse(&drv, name, strlen(name) - 4, buf_text(&text), text.len,
		      &err) == 0) {
		for (size_t i = 0; i < drv.noutputs && !built; i++)
			built = drv_compare(drv.outputs[i].name, output) == 0 &&
				is_output_there(ev, &drv.outputs[i], again);
		drv_release(&drv);
	}
	buf_release(&text);
	buf_release(&err);
	return built;
}

struct source *store_source(struct eval *ev, const char *path, size_t len,
			    const struct context **references)
{
	symbol name = symbol_find(path, len);
	struct store_object *object = name ? find_object(ev, name) : NULL;

	if (!object)
		return source_of_store_path(ev, path, len);
	*references = object->references;
	return store_object_mount(ev, object) < 0 ? NULL : object->source;
}

/* Build it, if that is wanted. */
static int build(struct eval *ev, pos_t pos, const struct context_element *e)
{
	const char *path = symbol_bytes(e->path);

	if (!build_possible()) {
		eval_fail(ev, ERROR_BUILD_NEEDED, pos,
			  "cannot build '%s^%s' during evaluation because the "
			  "option 'allow-import-from-derivation' is disabled "
			  "(with -o realise it is built)",
			  path, symbol_bytes(e->output));
		return -1;
	}
	/* The trace can't tell that it was missing before. */
	trace_passing(ev);
	if (build_derivation(ev, pos, path) < 0)
		return -1;
	if (is_built(ev, e, true))
		return 0;
	eval_fail(ev, ERROR_BUILD_NEEDED, pos, "'%s' has no output '%s'", path,
		  symbol_bytes(e->output));
	return -1;
}

int store_realise(struct eval *ev, pos_t pos, const struct context *context)
{
	for (uint32_t i = 0; context && i < context->len; i++) {
		const struct context_element *e = context->elements[i];

		if (e->kind != CONTEXT_BUILT) {
			if (realise_path(ev, pos, e->path) < 0)
				return -1;
			continue;
		}
		if (is_built(ev, e, false))
			continue;
		if (build(ev, pos, e) < 0)
			return -1;
	}
	return 0;
}

const struct context *store_references(struct eval *ev, const struct path *path)
{
	struct store_object *object = store_object_of(path->source);

	return object ? object->references : NULL;
}
