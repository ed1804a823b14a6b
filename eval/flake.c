/*
 * The values of a flake: call-flake
 *
 * Each node of the lock file has four cells, all of them thunks at first:
 *
 *     info      sourceInfo: outPath, narHash, rev, ...
 *     out_path  where its flake.nix is
 *     outputs   its function outputs, called with the results of its inputs
 *     result    outputs // info // { outPath, inputs, outputs, ... }
 */
#include "eval/flake.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/flake_private.h"
#include "eval/source_git.h"
#include "eval/source_private.h"

struct flake_node {
	struct flake *flake;
	struct lock_node *lock;
	const char *place; /* "a/nixpkgs", "" for the root */
	value info, out_path, inputs, outputs, result;
};

struct flake_state {
	struct flake_node **nodes;
	size_t len, room;
};

static struct flake_node *node_of(struct eval *ev, value id)
{
	return ev->flakes->nodes[value_integer(id)];
}

static symbol name_of(const char *name)
{
	return symbol_intern(name, strlen(name));
}

/* --- info --- */

/* Say which input it was, and what helps. */
static void explain(struct eval *ev, const struct flake_node *node,
		    const char *why)
{
	const char *ref = flakeref_print(ev, &node->lock->original, true);
	struct buf text = BUF_INIT;

	buf_add_format(&text,
		       "input '%s' (%s) is needed, and is neither in /nix/store"
		       " nor in the source cache: %s; give a copy of it with -o"
		       " override-input=%s=PATH",
		       node->place, ref ? ref : "", why, node->place);
	eval_fail(ev, ERROR_FETCH, 0, "%s", buf_text(&text));
	buf_release(&text);
}

/* The sourceInfo of a relative path that the lock file does not have: that of
 * its tree, of which Nix says no more than where it is. */
static value info_of_path(struct eval *ev, const struct path *dir)
{
	struct input_tree tree = { .source = dir->source };
	struct attrs_builder set;

	attrs_builder_init(&set, ev, 1);
	if (attrs_builder_add(&set, SYM_out_path, 0,
			      input_out_path(ev, &tree)) < 0)
		return 0;
	return value_of_attrs(attrs_builder_finish(&set, true));
}

static struct flake_node *parent_of(struct eval *ev,
				    const struct flake_node *node)
{
	struct lock_node *parent =
		lock_find(ev, node->flake->root, &node->lock->parent);

	if (!parent) {
		if (!eval_error(ev))
			eval_fail(ev, ERROR_EVAL, 0,
				  "input '%s' has no parent '%s'", node->place,
				  lock_path_print(ev, &node->lock->parent));
		return NULL;
	}
	return ev->flakes->nodes[parent->id];
}

static value run_info(struct eval *ev, pos_t pos, value *args)
{
	struct flake_node *node = node_of(ev, args[0]), *parent;
	struct lock_node *lock = node->lock;
	struct flake_ref ref = lock->locked;
	bool is_root = lock == node->flake->root;

	if (lock->failure) {
		explain(ev, node, lock->failure);
		return 0;
	}
	if (!lock->tree && lock->dir)
		return info_of_path(ev, lock->dir);
	if (!lock->tree && flakeref_relative(&lock->locked)) {
		parent = parent_of(ev, node);
		return parent ? value_force(ev, &parent->info) : 0;
	}
	if (!lock->tree) {
		ref.dir = "";
		/* Nix fetches it with fetchTree, which says so; seen in errors.
		 */
		if (flakeref_is(&ref, "git") &&
		    !flakeref_attr(&ref, "shallow") &&
		    flakeref_set(ev, &ref,
				 (struct ref_attr){ .name = "shallow",
						    .kind = REF_BOOL,
						    .number = 1 }) < 0)
			return 0;
		lock->tree = input_open(ev, &ref);
	}
	if (!lock->tree) {
		const struct error *error = eval_error(ev);

		if (error->kind == ERROR_FETCH)
			explain(ev, node, error->message);
		return 0;
	}
	return input_info(ev, lock->tree,
			  is_root && node->flake->dirty ? INPUT_DIRTY : 0);
}

static const struct builtin lazy_info = {
	.name = "sourceInfo",
	.arity = 1,
	.flags = BUILTIN_HIDDEN | BUILTIN_NO_FRAME,
	.run = run_info,
};

/* --- outPath --- */

/* base with "/" and more after it, unless more is empty. */
static value add_step(struct eval *ev, value base, const char *more)
{
	const struct string *s = value_string(base);
	size_t len = strlen(more);
	value v;

	if (!len)
		return base;
	v = value_new_buffer(ev, s->len + 1 + len, s->context);
	if (!v)
		return 0;
	memcpy(value_string(v)->bytes, s->bytes, s->len);
	value_string(v)->bytes[s->len] = '/';
	memcpy(value_string(v)->bytes + s->len + 1, more, len);
	return v;
}

static value run_out_path(struct eval *ev, pos_t pos, value *args)
{
	struct flake_node *node = node_of(ev, args[0]), *parent;
	struct lock_node *lock = node->lock;
	const char *relative = flakeref_relative(&lock->locked);
	const char *sub = lock->locked.dir;
	value base, info;
	value *cell;

	if (relative && !lock->dir && !lock->tree && !lock->failure) {
		parent = parent_of(ev, node);
		base = parent ? value_force(ev, &parent->out_path) : 0;
		return base ? add_step(ev, base, relative) : 0;
	}
	info = value_force(ev, &node->info);
	if (!info)
		return 0;
	cell = attrs_find(value_attrs(info), SYM_out_path);
	if (lock->dir)
		sub = lock->dir->len > 1 ? lock->dir->bytes + 1 : "";
	return add_step(ev, *cell, sub);
}

static const struct builtin lazy_out_path = {
	.name = "outPath",
	.arity = 1,
	.flags = BUILTIN_HIDDEN | BUILTIN_NO_FRAME,
	.run = run_out_path,
};

/* --- outputs --- */

static value import_flake(struct eval *ev, struct flake_node *node)
{
	value out = value_force(ev, &node->out_path), v;
	struct path *path;
	const struct string *s;

	if (!out)
		return 0;
	out = add_step(ev, out, "flake.nix");
	if (!out)
		return 0;
	s = value_string(out);
	path = source_path(ev, s->bytes, s->len);
	v = path ? eval_file(ev, path) : 0;
	if (v && value_tag(v) != TAG_ATTRS)
		return eval_fail(ev, ERROR_EVAL, 0,
				 "file '%s' must be an attribute set",
				 s->bytes);
	return v;
}

static value run_outputs(struct eval *ev, pos_t pos, value *args)
{
	struct flake_node *node = node_of(ev, args[0]);
	value flake = import_flake(ev, node), fn, arg, inputs;
	symbol sym = name_of("self");
	struct attrs_builder self;
	struct attrs *set;
	value *cell;

	if (!flake)
		return 0;
	cell = attrs_find(value_attrs(flake), SYM_outputs);
	if (!cell)
		return eval_fail(ev, ERROR_EVAL, 0,
				 "attribute 'outputs' missing");
	fn = value_force(ev, cell);
	inputs = fn ? value_force(ev, &node->inputs) : 0;
	if (!inputs)
		return 0;
	attrs_builder_init(&self, ev, 1);
	if (!sym || attrs_builder_add(&self, sym, 0, node->result) < 0)
		return 0;
	set = attrs_builder_finish(&self, true);
	set = set ? attrs_update(ev, value_attrs(inputs), set) : NULL;
	if (!set)
		return 0;
	arg = value_of_attrs(set);
	return eval_call(ev, pos, fn, 1, &arg);
}

static const struct builtin lazy_outputs = {
	.name = "outputs",
	.arity = 1,
	.flags = BUILTIN_HIDDEN | BUILTIN_NO_FRAME,
	.run = run_outputs,
};

/* --- result --- */

static value run_result(struct eval *ev, pos_t pos, value *args)
{
	struct flake_node *node = node_of(ev, args[0]);
	symbol source_info = name_of("sourceInfo"), inputs = name_of("inputs");
	symbol type = name_of("_type");
	struct attrs *set, *outputs;
	struct attrs_builder b;
	value info;

	attrs_builder_init(&b, ev, 5);
	if (!source_info || !inputs || !type ||
	    attrs_builder_add(&b, SYM_out_path, 0, node->out_path) < 0 ||
	    attrs_builder_add(&b, source_info, 0, node->info) < 0)
		return 0;
	if (node->lock->is_flake &&
	    (attrs_builder_add(&b, inputs, 0, node->inputs) < 0 ||
	     attrs_builder_add(&b, SYM_outputs, 0, node->outputs) < 0 ||
	     attrs_builder_add(&b, type, 0, value_new_cstring(ev, "flake")) <
		     0))
		return 0;
	set = attrs_builder_finish(&b, true);
	info = set ? value_force(ev, &node->info) : 0;
	if (!info)
		return 0;
	set = attrs_update(ev, value_attrs(info), set);
	if (!set || !node->lock->is_flake)
		return value_of_attrs(set);
	outputs = eval_attrs(ev, &node->outputs, 0, "");
	return outputs ? value_of_attrs(attrs_update(ev, outputs, set)) : 0;
}

static const struct builtin lazy_result = {
	.name = "flake",
	.arity = 1,
	.flags = BUILTIN_HIDDEN | BUILTIN_NO_FRAME,
	.run = run_result,
};

/* --- all nodes --- */

static int add_node(struct eval *ev, struct flake *flake,
		    struct lock_node *lock, const struct lock_path *path)
{
	struct flake_state *state = ev->flakes;
	struct flake_node *node = eval_alloc(ev, sizeof(*node)), **grown;
	struct lock_path below;
	value id;

	if (!node)
		return -1;
	if (state->len == state->room) {
		size_t room = state->room ? state->room * 2 : 64;

		grown = reallocarray(state->nodes, room, sizeof(*grown));
		if (!grown) {
			eval_fail_memory(ev);
			return -1;
		}
		state->nodes = grown;
		state->room = room;
	}
	id = value_new_int(ev, (int64_t)state->len);
	*node = (struct flake_node){
		.flake = flake,
		.lock = lock,
		.place = lock_path_print(ev, path),
		.info = input_lazy(ev, &lazy_info, 1, &id),
		.out_path = input_lazy(ev, &lazy_out_path, 1, &id),
		.outputs = input_lazy(ev, &lazy_outputs, 1, &id),
		.result = input_lazy(ev, &lazy_result, 1, &id),
	};
	if (!node->place || !node->info || !node->out_path || !node->outputs ||
	    !node->result)
		return -1;
	lock->id = (uint32_t)state->len;
	lock->has_id = true;
	state->nodes[state->len++] = node;
	for (size_t i = 0; i < lock->len; i++) {
		struct lock_node *child = lock->inputs[i].node;

		if (!child || child->has_id)
			continue;
		if (lock_path_push(ev, path, lock->inputs[i].name, &below) <
			    0 ||
		    add_node(ev, flake, child, &below) < 0)
			return -1;
	}
	return 0;
}

/* The set of a node's inputs, each the other node's result. */
static int set_inputs(struct eval *ev, struct flake_node *node)
{
	const struct lock_node *lock = node->lock;
	struct attrs_builder b;
	struct attrs *set;

	attrs_builder_init(&b, ev, lock->len);
	for (size_t i = 0; i < lock->len; i++) {
		const struct lock_edge *e = &lock->inputs[i];
		const struct lock_node *to =
			e->node ? e->node
				: lock_find(ev, node->flake->root, &e->follows);
		symbol sym = name_of(e->name);

		if (!to && !eval_error(ev))
			eval_fail(ev, ERROR_EVAL, 0,
				  "input '%s/%s' follows a non-existent input "
				  "'%s'",
				  node->place, e->name,
				  lock_path_print(ev, &e->follows));
		if (!to || !sym ||
		    attrs_builder_add(&b, sym, 0,
				      ev->flakes->nodes[to->id]->result) < 0)
			return -1;
	}
	set = attrs_builder_finish(&b, true);
	node->inputs = set ? value_of_attrs(set) : 0;
	return set ? 0 : -1;
}

static struct flake_node *root_node(struct eval *ev, struct flake *flake)
{
	struct lock_path none = { 0 };
	size_t first;

	if (!ev->flakes) {
		ev->flakes = calloc(1, sizeof(*ev->flakes));
		if (!ev->flakes) {
			eval_fail_memory(ev);
			return NULL;
		}
	}
	if (flake->has_nodes) {
		assert(ev->flakes->nodes);
		return ev->flakes->nodes[flake->first];
	}
	first = ev->flakes->len;
	if (add_node(ev, flake, flake->root, &none) < 0)
		return NULL;
	for (size_t i = first; i < ev->flakes->len; i++)
		if (set_inputs(ev, ev->flakes->nodes[i]) < 0)
			return NULL;
	flake->first = (uint32_t)first;
	flake->has_nodes = true;
	return ev->flakes->nodes[first];
}

value flake_result(struct eval *ev, struct flake *flake)
{
	struct flake_node *node = root_node(ev, flake);

	return node ? value_force(ev, &node->result) : 0;
}

value flake_outputs(struct eval *ev, struct flake *flake)
{
	struct flake_node *node = root_node(ev, flake);

	return node && eval_attrs(ev, &node->outputs, 0, "")
		       ? value_force(ev, &node->outputs)
		       : 0;
}

struct source *flake_source(const struct flake *flake)
{
	return flake->file.dir->source;
}

const char *flake_description(const struct flake *flake)
{
	return flake->file.description;
}

struct lock_node *flake_locks(const struct flake *flake)
{
	return flake->root;
}

/* --- opening --- */

static struct flake *lock_flake(struct eval *ev, struct flake *flake,
				const struct flake_options *options,
				enum registry_use registries, bool locked_only)
{
	if (flake_lock(ev, flake, options, registries, locked_only) == 0)
		return flake;
	eval_frame(ev, 0, "while updating the lock file of flake '%s'",
		   flakeref_print(ev, &flake->file.locked, true));
	return NULL;
}

struct flake *flake_load_ref(struct eval *ev, const struct flake_ref *ref,
			     const struct flake_options *options)
{
	bool strict = ev->settings.pure && !options;
	struct flake *flake = eval_alloc(ev, sizeof(*flake));
	struct lock_path none = { 0 };

	if (!flake)
		return NULL;
	memset(flake, 0, sizeof(*flake));
	if (flake_file_fetch(ev, ref, strict ? REGISTRY_NONE : REGISTRY_ALL,
			     &none, &flake->file) < 0)
		return NULL;
	return lock_flake(ev, flake, options,
			  strict ? REGISTRY_NONE : REGISTRY_LIMITED, strict);
}

/* The reference of what the options name. */
static int options_ref(struct eval *ev, const struct flake_options *options,
		       struct flake_ref *ref)
{
	char *real = realpath(options->path, NULL);
	struct url url = { .scheme = "file", .host = "", .fragment = "" };
	struct git_repo *repo = NULL;
	const char *text;
	int rc = -1;

	*ref = (struct flake_ref){ .dir = options->dir ? options->dir : "" };
	if (!real) {
		eval_fail(ev, ERROR_IO, 0, "path '%s' does not exist",
			  options->path);
		return -1;
	}
	if (!options->as_path) {
		repo = git_repo_open(ev, real);
		if (!repo)
			eval_clear_error(ev);
	}
	if (!repo) {
		text = arena_strndup(ev->arena, real, strlen(real));
		if (text && flakeref_set_string(ev, ref, "type", "path") == 0)
			rc = flakeref_set_string(ev, ref, "path", text);
		goto out;
	}
	url.has_authority = true;
	if (url_set_path(ev, &url, real) < 0)
		goto out;
	text = url_print(ev, &url);
	if (!text || flakeref_set_string(ev, ref, "type", "git") < 0 ||
	    flakeref_set_string(ev, ref, "url", text) < 0)
		goto out;
	if (options->rev) {
		bool hex =
			strlen(options->rev) == GIT_REV_LEN &&
			strspn(options->rev, "0123456789abcdef") == GIT_REV_LEN;

		if (flakeref_set_string(ev, ref, hex ? "rev" : "ref",
					options->rev) < 0)
			goto out;
	}
	if (git_repo_is_shallow(repo) &&
	    flakeref_set(ev, ref,
			 (struct ref_attr){ .name = "shallow",
					    .kind = REF_BOOL,
					    .number = 1 }) < 0)
		goto out;
	rc = 0;
out:
	free(real);
	return rc;
}

/* The tree with the changes: a dirty one. */
static struct input_tree *change_tree(struct eval *ev, struct input_tree *tree,
				      const struct flake_options *options)
{
	struct source *source = source_overlay(ev, tree->source);
	const char *rev = flakeref_string(&tree->locked, "rev");
	struct flake_ref locked = tree->locked;
	char dirty[64];

	for (size_t i = 0; source && i < options->nchanges; i++) {
		const struct flake_change *c = &options->changes[i];

		if (source_overlay_put(ev, source, c->path, c->bytes, c->len,
				       c->executable) < 0)
			return NULL;
	}
	if (!source)
		return NULL;
	if (rev) {
		snprintf(dirty, sizeof(dirty), "%.40s-dirty", rev);
		if (flakeref_set_string(
			    ev, &locked, "dirtyRev",
			    arena_strndup(ev->arena, dirty, strlen(dirty))) < 0)
			return NULL;
		snprintf(dirty, sizeof(dirty), "%.7s-dirty", rev);
		if (flakeref_set_string(
			    ev, &locked, "dirtyShortRev",
			    arena_strndup(ev->arena, dirty, strlen(dirty))) < 0)
			return NULL;
		flakeref_drop(ev, &locked, "rev");
	}
	return input_new(ev, &tree->original, &locked, source);
}

struct flake *flake_load(struct eval *ev, const struct flake_options *options)
{
	struct flake *flake = eval_alloc(ev, sizeof(*flake));
	struct lock_path none = { 0 };
	struct input_tree *tree;
	struct flake_ref ref, plain;

	if (!flake || options_ref(ev, options, &ref) < 0)
		return NULL;
	memset(flake, 0, sizeof(*flake));
	plain = ref;
	plain.dir = "";
	tree = input_open(ev, &plain);
	if (tree && options->nchanges)
		tree = change_tree(ev, tree, options);
	if (!tree)
		return NULL;
	flake->file.original = flake->file.resolved = ref;
	if (flake_file_of_tree(ev, tree, &none, &flake->file) < 0)
		return NULL;
	flake->file.locked = flake->file.tree->locked;
	flake->file.locked.dir = ref.dir;
	return lock_flake(ev, flake, options, REGISTRY_LIMITED, false);
}

value flake_open(struct eval *ev, const struct flake_options *options)
{
	struct flake *flake = flake_load(ev, options);

	return flake ? flake_result(ev, flake) : 0;
}
