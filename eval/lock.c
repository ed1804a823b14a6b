#include "eval/lock.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"

/* Inputs of inputs of inputs, and follows that follow follows. */
#define LOCK_DEPTH_MAX 1000

static const char *keep(struct eval *ev, const char *text)
{
	const char *copy = arena_strndup(ev->arena, text, strlen(text));

	if (!copy)
		eval_fail_memory(ev);
	return copy;
}

/* --- paths of inputs --- */

int lock_path_join(struct eval *ev, const struct lock_path *a,
		   const struct lock_path *b, struct lock_path *out)
{
	const char **names =
		eval_alloc(ev, (a->len + b->len + 1) * sizeof(*names));

	if (!names)
		return -1;
	for (size_t i = 0; i < a->len; i++)
		names[i] = a->names[i];
	for (size_t i = 0; i < b->len; i++)
		names[a->len + i] = b->names[i];
	*out = (struct lock_path){ a->len + b->len, names };
	return 0;
}

int lock_path_push(struct eval *ev, const struct lock_path *a, const char *name,
		   struct lock_path *out)
{
	struct lock_path last = { 1, &name };

	return lock_path_join(ev, a, &last, out);
}

bool lock_path_equal(const struct lock_path *a, const struct lock_path *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (strcmp(a->names[i], b->names[i]))
			return false;
	return true;
}

const char *lock_path_print(struct eval *ev, const struct lock_path *path)
{
	struct buf out = BUF_INIT;
	const char *copy;

	for (size_t i = 0; i < path->len; i++) {
		buf_add_text(&out, i ? "/" : "");
		buf_add_text(&out, path->names[i]);
	}
	copy = keep(ev, buf_text(&out));
	buf_release(&out);
	return copy;
}

int lock_path_parse(struct eval *ev, const char *text, struct lock_path *path)
{
	*path = (struct lock_path){ 0 };
	while (*text) {
		size_t n = strcspn(text, "/");
		const char *name;

		if (n && !flakeref_is_id(text, n)) {
			eval_fail(ev, ERROR_EVAL, 0,
				  "invalid flake input attribute path element "
				  "'%.*s'",
				  (int)n, text);
			return -1;
		}
		name = arena_strndup(ev->arena, text, n);
		if (!name || (n && lock_path_push(ev, path, name, path) < 0))
			return -1;
		text += n + (text[n] == '/');
	}
	return 0;
}

/* --- nodes --- */

struct lock_node *lock_new(struct eval *ev)
{
	struct lock_node *node = eval_alloc(ev, sizeof(*node));

	if (!node)
		return NULL;
	*node = (struct lock_node){
		.is_flake = true,
		.locked.dir = "",
		.original.dir = "",
	};
	return node;
}

struct lock_edge *lock_edge(const struct lock_node *node, const char *name)
{
	size_t low = 0, high = node->len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(node->inputs[mid].name, name);

		if (order == 0)
			return &node->inputs[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

int lock_add(struct eval *ev, struct lock_node *node, struct lock_edge edge)
{
	struct lock_edge *old = lock_edge(node, edge.name), *grown;
	size_t i = node->len;

	if (old) {
		*old = edge;
		return 0;
	}
	if (node->len == node->room) {
		size_t room = node->room ? node->room * 2 : 8;

		grown = eval_alloc(ev, room * sizeof(*grown));
		if (!grown)
			return -1;
		if (node->len)
			memcpy(grown, node->inputs, node->len * sizeof(*grown));
		node->inputs = grown;
		node->room = room;
	}
	for (; i > 0 && strcmp(node->inputs[i - 1].name, edge.name) > 0; i--)
		node->inputs[i] = node->inputs[i - 1];
	node->inputs[i] = edge;
	node->len++;
	return 0;
}

/* The follows that are being looked up, innermost first. */
struct visit {
	const struct visit *outer;
	const struct lock_path *path;
	size_t depth;
};

static struct lock_node *fail_cycle(struct eval *ev, const struct visit *visit)
{
	const struct visit *first = visit->outer;
	struct buf chain = BUF_INIT;

	assert(first);
	while (!lock_path_equal(first->path, visit->path)) {
		first = first->outer;
		assert(first);
	}
	/* From first inwards; the list runs outwards. */
	for (size_t depth = first->depth; depth <= visit->depth; depth++) {
		const struct visit *v = visit;
		const char *text;

		while (v->depth != depth)
			v = v->outer;
		text = lock_path_print(ev, v->path);
		buf_add_text(&chain, depth > first->depth ? " -> " : "");
		buf_add_text(&chain, text ? text : "");
	}
	eval_fail(ev, ERROR_EVAL, 0, "follow cycle detected: [%s]",
		  buf_text(&chain));
	buf_release(&chain);
	return NULL;
}

static struct lock_node *find(struct eval *ev, struct lock_node *root,
			      const struct lock_path *path,
			      const struct visit *outer)
{
	struct visit visit = { outer, path, outer ? outer->depth + 1 : 0 };
	struct lock_node *node = root;

	for (const struct visit *v = outer; v; v = v->outer)
		if (lock_path_equal(v->path, path))
			return fail_cycle(ev, &visit);
	if (visit.depth > LOCK_DEPTH_MAX) {
		eval_fail(ev, ERROR_DEPTH, 0, "follows are nested too deeply");
		return NULL;
	}
	for (size_t i = 0; node && i < path->len; i++) {
		const struct lock_edge *edge = lock_edge(node, path->names[i]);

		if (!edge)
			return NULL;
		node = edge->node ? edge->node
				  : find(ev, root, &edge->follows, &visit);
	}
	return node;
}

struct lock_node *lock_find(struct eval *ev, struct lock_node *root,
			    const struct lock_path *path)
{
	return find(ev, root, path, NULL);
}

static void unmark(struct lock_node *node)
{
	if (node->mark == LOCK_UNSEEN)
		return;
	node->mark = LOCK_UNSEEN;
	for (size_t i = 0; i < node->len; i++)
		if (node->inputs[i].node)
			unmark(node->inputs[i].node);
}

static int check(struct eval *ev, struct lock_node *root,
		 struct lock_node *node, const struct lock_path *prefix,
		 unsigned depth)
{
	struct lock_path path;

	if (node->mark == LOCK_SEEN)
		return 0;
	node->mark = LOCK_SEEN;
	if (depth > LOCK_DEPTH_MAX) {
		eval_fail(ev, ERROR_DEPTH, 0, "inputs are nested too deeply");
		return -1;
	}
	for (size_t i = 0; i < node->len; i++) {
		const struct lock_edge *e = &node->inputs[i];

		if (lock_path_push(ev, prefix, e->name, &path) < 0)
			return -1;
		if (e->node) {
			if (check(ev, root, e->node, &path, depth + 1) < 0)
				return -1;
		} else if (e->follows.len &&
			   !lock_find(ev, root, &e->follows)) {
			if (!eval_error(ev))
				eval_fail(ev, ERROR_EVAL, 0,
					  "input '%s' follows a non-existent "
					  "input '%s'",
					  lock_path_print(ev, &path),
					  lock_path_print(ev, &e->follows));
			return -1;
		}
	}
	return 0;
}

int lock_check(struct eval *ev, struct lock_node *root)
{
	struct lock_path none = { 0 };
	int rc = check(ev, root, root, &none, 0);

	unmark(root);
	return rc;
}

/* --- text to nodes --- */

struct reader {
	struct eval *ev;
	const char *name;
	json_t *nodes;
	struct lock_node *root;
	const char *root_key;
	/* Nodes that are there already. */
	size_t len, room;
	struct lock_node **seen;
};

static int wrong(struct reader *r, const char *what)
{
	eval_fail(r->ev, ERROR_EVAL, 0, "Could not parse '%s': %s", r->name,
		  what);
	return -1;
}

static int read_attrs(struct reader *r, json_t *from, struct flake_ref *ref)
{
	struct eval *ev = r->ev;
	const char *name;
	json_t *v;

	if (!json_is_object(from))
		return wrong(r, "a reference is not an object");
	json_object_foreach(from, name, v)
	{
		struct ref_attr a = { .name = keep(ev, name) };

		if (!a.name)
			return -1;
		if (json_is_string(v)) {
			a.kind = REF_STRING;
			a.text = keep(ev, json_string_value(v));
			if (!a.text)
				return -1;
		} else if (json_is_number(v)) {
			a.kind = REF_INT;
			a.number = (uint64_t)(json_is_integer(v)
						      ? json_integer_value(v)
						      : json_real_value(v));
		} else if (json_is_boolean(v)) {
			a.kind = REF_BOOL;
			a.number = json_is_true(v);
		} else {
			eval_fail(ev, ERROR_EVAL, 0,
				  "unsupported input attribute type in lock "
				  "file");
			return -1;
		}
		if (flakeref_set(ev, ref, a) < 0)
			return -1;
	}
	return 0;
}

static int read_ref(struct reader *r, json_t *node, const char *attr,
		    const char *info, struct flake_ref *ref)
{
	json_t *from = json_object_get(node, attr);
	const char *dir;

	*ref = (struct flake_ref){ .dir = "" };
	if (!from) {
		eval_fail(r->ev, ERROR_EVAL, 0,
			  "attribute '%s' missing in lock file", attr);
		return -1;
	}
	if (read_attrs(r, from, ref) < 0)
		return -1;
	if (info && json_object_get(node, info) &&
	    read_attrs(r, json_object_get(node, info), ref) < 0)
		return -1;
	dir = flakeref_string(ref, "dir");
	flakeref_drop(r->ev, ref, "dir");
	ref->dir = dir ? dir : "";
	return flakeref_check(r->ev, ref);
}

static int read_path(struct reader *r, json_t *from, struct lock_path *path)
{
	const char *name;
	json_t *v;
	size_t i;

	*path = (struct lock_path){ 0 };
	if (!json_is_array(from))
		return wrong(r, "a path of inputs is not a list");
	json_array_foreach(from, i, v)
	{
		if (!json_is_string(v))
			return wrong(r, "the name of an input is no string");
		name = keep(r->ev, json_string_value(v));
		if (!name || lock_path_push(r->ev, path, name, path) < 0)
			return -1;
	}
	return 0;
}

static int read_locked(struct reader *r, json_t *from, struct lock_node *node)
{
	struct ref_attr final = {
		.name = "__final",
		.kind = REF_BOOL,
		.number = 1,
	};
	json_t *v = json_object_get(from, "flake");

	if (read_ref(r, from, "locked", "info", &node->locked) < 0 ||
	    read_ref(r, from, "original", NULL, &node->original) < 0)
		return -1;
	if (v && !json_is_boolean(v))
		return wrong(r, "'flake' is no Boolean");
	node->is_flake = !v || json_is_true(v);
	v = json_object_get(from, "parent");
	node->has_parent = v != NULL;
	if (v && read_path(r, v, &node->parent) < 0)
		return -1;
	if (!flakeref_is_locked(&node->locked) &&
	    !flakeref_relative(&node->locked) &&
	    !flakeref_string(&node->locked, "narHash")) {
		eval_fail(r->ev, ERROR_EVAL, 0,
			  "Lock file contains unlocked input '%s'. Use "
			  "'--allow-dirty-locks' to accept this lock file.",
			  flakeref_json(r->ev, &node->locked));
		return -1;
	}
	return flakeref_set(r->ev, &node->locked, final);
}

static struct lock_node *read_node(struct reader *r, const char *key,
				   unsigned depth);

static int read_inputs(struct reader *r, json_t *from, struct lock_node *node,
		       unsigned depth)
{
	json_t *inputs = json_object_get(from, "inputs"), *v;
	const char *name;

	if (!inputs)
		return 0;
	if (!json_is_object(inputs))
		return wrong(r, "'inputs' is not an object");
	json_object_foreach(inputs, name, v)
	{
		struct lock_edge edge = { .name = keep(r->ev, name) };

		if (!edge.name)
			return -1;
		if (json_is_array(v)) {
			if (read_path(r, v, &edge.follows) < 0)
				return -1;
		} else if (json_is_string(v)) {
			edge.node =
				read_node(r, json_string_value(v), depth + 1);
			if (!edge.node)
				return -1;
		} else {
			return wrong(r, "an input is neither a name nor a "
					"list");
		}
		if (lock_add(r->ev, node, edge) < 0)
			return -1;
	}
	return 0;
}

static struct lock_node *read_node(struct reader *r, const char *key,
				   unsigned depth)
{
	struct lock_node *node, **grown;
	json_t *from;

	if (!strcmp(key, r->root_key)) {
		eval_fail(r->ev, ERROR_EVAL, 0,
			  "lock file contains cycle to root node");
		return NULL;
	}
	for (size_t i = 0; i < r->len; i++)
		if (!strcmp(r->seen[i]->key, key))
			return r->seen[i];
	from = json_object_get(r->nodes, key);
	if (!from) {
		eval_fail(r->ev, ERROR_EVAL, 0,
			  "lock file references missing node '%s'", key);
		return NULL;
	}
	if (depth > LOCK_DEPTH_MAX) {
		wrong(r, "inputs are nested too deeply");
		return NULL;
	}
	node = lock_new(r->ev);
	if (!node || read_locked(r, from, node) < 0)
		return NULL;
	node->key = keep(r->ev, key);
	if (!node->key)
		return NULL;
	if (r->len == r->room) {
		r->room = r->room ? r->room * 2 : 16;
		grown = reallocarray(r->seen, r->room, sizeof(*grown));
		if (!grown) {
			eval_fail_memory(r->ev);
			return NULL;
		}
		r->seen = grown;
	}
	r->seen[r->len++] = node;
	return read_inputs(r, from, node, depth) < 0 ? NULL : node;
}

struct lock_node *lock_parse(struct eval *ev, const char *bytes, size_t len,
			     const char *name)
{
	struct reader r = { .ev = ev, .name = name };
	struct lock_node *root = NULL;
	json_error_t error;
	json_t *json, *root_node;
	json_int_t version;

	json = json_loadb(bytes, len, 0, &error);
	if (!json) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "Could not parse '%s': line %d, column %d: %s", name,
			  error.line, error.column, error.text);
		return NULL;
	}
	version = json_integer_value(json_object_get(json, "version"));
	if (version < 5 || version > 7) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "lock file '%s' has unsupported version %lld", name,
			  (long long)version);
		goto out;
	}
	r.root_key = json_string_value(json_object_get(json, "root"));
	r.nodes = json_object_get(json, "nodes");
	if (!r.root_key || !json_is_object(r.nodes)) {
		wrong(&r, "'root' or 'nodes' is missing");
		goto out;
	}
	root_node = json_object_get(r.nodes, r.root_key);
	root = lock_new(ev);
	if (root && root_node && read_inputs(&r, root_node, root, 0) < 0)
		root = NULL;
out:
	free(r.seen);
	json_decref(json);
	return root;
}

/* --- nodes to text --- */

struct writer {
	struct eval *ev;
	json_t *nodes;
	int failed;
};

static json_t *write_ref(const struct flake_ref *ref)
{
	json_t *out = json_object();

	for (size_t i = 0; i < ref->len; i++) {
		const struct ref_attr *a = &ref->attrs[i];

		if (strcmp(a->name, "__final"))
			json_object_set_new(
				out, a->name,
				a->kind == REF_STRING ? json_string(a->text)
				: a->kind == REF_INT
					? json_integer((json_int_t)a->number)
					: json_boolean(a->number));
	}
	if (*ref->dir)
		json_object_set_new(out, "dir", json_string(ref->dir));
	return out;
}

static json_t *write_path(const struct lock_path *path)
{
	json_t *out = json_array();

	for (size_t i = 0; i < path->len; i++)
		json_array_append_new(out, json_string(path->names[i]));
	return out;
}

static const char *write_node(struct writer *w, const char *key,
			      struct lock_node *node)
{
	json_t *out, *inputs;
	struct buf name = BUF_INIT;

	if (node->mark == LOCK_SEEN)
		return node->key;
	node->mark = LOCK_SEEN;
	buf_add_text(&name, key);
	for (int n = 2; json_object_get(w->nodes, buf_text(&name)); n++) {
		buf_reset(&name);
		buf_add_format(&name, "%s_%d", key, n);
	}
	node->key = keep(w->ev, buf_text(&name));
	buf_release(&name);
	if (!node->key)
		return NULL;

	/* Take the name before the inputs look for theirs. */
	out = json_object();
	json_object_set_new(w->nodes, node->key, out);
	inputs = json_object();
	for (size_t i = 0; i < node->len; i++) {
		const struct lock_edge *e = &node->inputs[i];
		const char *child;

		if (!e->node) {
			json_object_set_new(inputs, e->name,
					    write_path(&e->follows));
			continue;
		}
		child = write_node(w, e->name, e->node);
		if (child)
			json_object_set_new(inputs, e->name,
					    json_string(child));
	}
	if (node->len)
		json_object_set(out, "inputs", inputs);
	json_decref(inputs);
	if (!node->original.len)
		return node->key;
	json_object_set_new(out, "original", write_ref(&node->original));
	json_object_set_new(out, "locked", write_ref(&node->locked));
	if (!node->is_flake)
		json_object_set_new(out, "flake", json_false());
	if (node->has_parent)
		json_object_set_new(out, "parent", write_path(&node->parent));
	return node->key;
}

const char *lock_print(struct eval *ev, struct lock_node *root)
{
	struct writer w = { .ev = ev, .nodes = json_object() };
	json_t *all = json_object();
	const char *key, *copy = NULL;
	char *text;

	key = write_node(&w, "root", root);
	unmark(root);
	json_object_set_new(all, "nodes", w.nodes);
	json_object_set_new(all, "root", json_string(key ? key : "root"));
	json_object_set_new(all, "version", json_integer(7));
	text = json_dumps(all, JSON_INDENT(2) | JSON_SORT_KEYS);
	json_decref(all);
	if (text)
		copy = keep(ev, text);
	else
		eval_fail_memory(ev);
	free(text);
	return copy;
}
