/*
 * The lock file in memory: what flake.nix asks for, with what flake.lock has
 *
 * Nix's rules: an entry is kept if the reference in flake.nix is the one that
 * the entry was made for. All others are made anew, which takes fetching the
 * input, for its flake.nix has inputs of its own. Overrides ("inputs.a.inputs.b
 * = ...") come from every flake.nix on the way; the outermost counts.
 */
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/flake_private.h"
#include "eval/source.h"
#include "eval/trace.h"

/* Inputs of inputs of ..., and flakes that import each other. */
#define LOCK_DEPTH_MAX 200

struct override {
	struct override *next;
	const char *place; /* "a/nixpkgs" */
	const struct flake_input *input;
	struct path *dir; /* relative paths start here */
	bool is_option;	  /* from the command line, not a flake.nix */
	struct lock_path parent;
};

struct locker {
	struct eval *ev;
	enum registry_use registries;
	bool locked_only; /* refuse inputs that name no certain tree */
	struct path *top; /* the flake's folder */
	struct override *overrides;
};

/* The flakes that are being fetched, innermost first. */
struct parent {
	const struct parent *outer;
	const struct flake_ref *ref;
	unsigned depth;
};

/* The place in the graph that is worked on. */
struct place {
	struct lock_node *node;
	struct lock_path path;
	const struct lock_node *old; /* where entries may be kept from */
	struct lock_path follows_prefix;
	struct path *dir; /* of the flake.nix it comes from */
	bool trust;	  /* its inputs are those of the lock file */
	const struct parent *parent;
};

static int lock_inputs(struct locker *l, const struct flake_input *inputs,
		       size_t len, const struct place *at);

static struct override *find_override(struct locker *l, const char *place)
{
	for (struct override *o = l->overrides; o; o = o->next)
		if (!strcmp(o->place, place))
			return o;
	return NULL;
}

/* Earlier ones, from further out, count more. */
static int add_override(struct locker *l, const struct lock_path *path,
			struct override new)
{
	struct override *o;

	new.place = lock_path_print(l->ev, path);
	if (!new.place)
		return -1;
	if (find_override(l, new.place))
		return 0;
	o = eval_alloc(l->ev, sizeof(*o));
	if (!o)
		return -1;
	new.next = l->overrides;
	*o = new;
	l->overrides = o;
	return 0;
}

static int add_overrides(struct locker *l, const struct flake_input *input,
			 const struct lock_path *path, const struct place *at)
{
	for (size_t i = 0; i < input->len; i++) {
		const struct flake_input *inner = &input->overrides[i];
		struct override new = {
			.input = inner,
			.dir = at->dir,
			.parent = at->path,
		};
		struct lock_path below;

		if (lock_path_push(l->ev, path, inner->name, &below) < 0)
			return -1;
		if ((inner->has_ref || inner->has_follows) &&
		    add_override(l, &below, new) < 0)
			return -1;
		if (add_overrides(l, inner, &below, at) < 0)
			return -1;
	}
	return 0;
}

/* What is known of an input while its entry is looked for or made. */
struct task {
	const struct place *at;
	struct lock_path path;
	const char *text;		   /* of path */
	const struct flake_input *written; /* as its flake.nix has it */
	struct flake_input input;	   /* as overridden */
	const struct override *override;   /* NULL: not overridden */
	struct path *dir;		   /* relative paths start here */
};

/* A relative path's folder; NULL: it is none. */
static struct path *relative_dir(struct locker *l, const struct task *t)
{
	const char *path = flakeref_relative(&t->input.ref);

	return path ? source_join(l->ev, t->dir, path, strlen(path)) : NULL;
}

static struct lock_node *new_node(struct locker *l, const struct task *t)
{
	struct lock_node *node = lock_new(l->ev);

	if (!node)
		return NULL;
	node->is_flake = t->input.is_flake;
	if (flakeref_relative(&t->input.ref)) {
		node->has_parent = true;
		node->parent = t->override ? t->override->parent : t->at->path;
	}
	return node;
}

/* Read the flake.nix of the input, from ref. */
static int read_flake(struct locker *l, const struct task *t,
		      const struct flake_ref *ref, enum registry_use registries,
		      struct flake_file *file)
{
	struct path *dir = relative_dir(l, t);

	if (!dir)
		return eval_error(l->ev)
			       ? -1
			       : flake_file_fetch(l->ev, ref, registries,
						  &t->path, file);
	*file = (struct flake_file){
		.original = *ref,
		.resolved = *ref,
		.locked = *ref,
	};
	dir = *ref->dir ? source_join(l->ev, dir, ref->dir, strlen(ref->dir))
			: dir;
	return dir ? flake_file_read(l->ev, dir, &t->path, file) : -1;
}

static void set_place(struct lock_node *node, const struct flake_file *file)
{
	node->tree = file->tree;
	node->dir = file->dir;
}

/*
 * What cannot be fetched fails where it is used, not here; only then is it
 * known to be needed. 0 if the pending error is of that sort.
 */
static int put_off(struct locker *l, const struct task *t,
		   struct lock_node *node)
{
	const struct error *error = eval_error(l->ev);

	if (!error || error->kind != ERROR_FETCH)
		return -1;
	node->failure = arena_strndup(l->ev->arena, error->message,
				      strlen(error->message));
	eval_clear_error(l->ev);
	return node->failure ? 0 : -1;
}

/*
 * Is what was fetched what the old entry has? A revision says so; what is dear
 * to find out (narHash, revCount) is then as it was.
 */
static bool is_same_tree(const struct flake_ref *new,
			 const struct flake_ref *old)
{
	if (!flakeref_attr(new, "rev") || strcmp(new->dir, old->dir))
		return false;
	for (size_t i = 0; i < new->len; i++) {
		const struct ref_attr *a = &new->attrs[i];
		const struct ref_attr *b = flakeref_attr(old, a->name);

		if (!b || a->kind != b->kind ||
		    (a->kind == REF_STRING ? strcmp(a->text, b->text) != 0
					   : a->number != b->number))
			return false;
	}
	return true;
}

static void take_old_lock(const struct task *t, struct lock_node *node)
{
	const struct lock_edge *edge =
		t->at->old ? lock_edge(t->at->old, t->written->name) : NULL;

	if (edge && edge->node &&
	    is_same_tree(&node->locked, &edge->node->locked))
		node->locked = edge->node->locked;
}

/* Flakes must not import each other. */
static int check_circle(struct locker *l, const struct parent *parent)
{
	for (const struct parent *p = parent->outer; p; p = p->outer) {
		if (!flakeref_equal(p->ref, parent->ref))
			continue;
		eval_fail(l->ev, ERROR_EVAL, 0,
			  "found circular import of flake '%s'",
			  flakeref_print(l->ev, p->ref, true));
		return -1;
	}
	return 0;
}

/* A new entry: the input is fetched. */
static int make_entry(struct locker *l, const struct task *t)
{
	bool is_option = t->override && t->override->is_option;
	const struct flake_ref *original = is_option && t->written->has_ref
						   ? &t->written->ref
						   : &t->input.ref;
	enum registry_use registries =
		is_option ? (l->registries ? REGISTRY_ALL : REGISTRY_NONE)
			  : l->registries;
	struct lock_node *node = new_node(l, t);
	struct parent parent = {
		.outer = t->at->parent,
		.ref = &t->input.ref,
		.depth = t->at->parent ? t->at->parent->depth + 1 : 0,
	};
	struct flake_file file = { .dir = NULL };
	struct place below = {
		.node = node,
		.path = t->path,
		.follows_prefix = t->path,
		.parent = &parent,
	};
	struct path *path;
	int rc = 0;

	if (!node ||
	    lock_add(l->ev, t->at->node,
		     (struct lock_edge){ t->written->name, node, { 0 } }) < 0)
		return -1;
	node->original = *original;
	node->locked = t->input.ref;
	if (l->locked_only && !flakeref_is_locked(&t->input.ref) &&
	    !flakeref_relative(&t->input.ref)) {
		eval_fail(l->ev, ERROR_PURITY, 0,
			  "cannot update unlocked flake input '%s' in pure "
			  "mode",
			  t->text);
		return -1;
	}
	if (parent.depth > LOCK_DEPTH_MAX) {
		eval_fail(l->ev, ERROR_DEPTH, 0,
			  "inputs are nested too deeply");
		return -1;
	}
	if (t->input.is_flake) {
		rc = read_flake(l, t, &t->input.ref, registries, &file);
		if (rc < 0)
			return put_off(l, t, node);
		if (check_circle(l, &parent) < 0)
			return -1;
		node->locked = file.locked;
		take_old_lock(t, node);
		set_place(node, &file);
		below.dir = file.dir;
		path = source_join(l->ev, file.dir, "flake.lock", 10);
		if (!path ||
		    flake_lock_read(l->ev, path,
				    (struct lock_node **)&below.old) < 0)
			return -1;
		return lock_inputs(l, file.inputs, file.len, &below);
	}
	path = relative_dir(l, t);
	if (path || eval_error(l->ev)) {
		node->dir = path;
		return path ? 0 : -1;
	}
	file.resolved = t->input.ref;
	if (registry_resolve(l->ev, registries, &file.resolved,
			     &(const char *){ "" }) < 0)
		return put_off(l, t, node);
	file.resolved.dir = "";
	node->tree = input_open(l->ev, &file.resolved);
	if (!node->tree)
		return put_off(l, t, node);
	node->locked = node->tree->locked;
	node->locked.dir = t->input.ref.dir;
	take_old_lock(t, node);
	/* Nix uses "?dir=" of what is no flake only once it is locked. */
	node->dir = source_join(
		l->ev, &(struct path){ .source = node->tree->source, .len = 1 },
		"", 0);
	return node->dir ? 0 : -1;
}

/* The inputs of a kept entry, as if flake.nix were read. *stale: it must be. */
static int inputs_of_entry(struct locker *l, const struct task *t,
			   const struct lock_node *old,
			   struct flake_input **inputs, bool *stale)
{
	struct flake_input *out =
		eval_alloc(l->ev, (old->len + 1) * sizeof(*out));

	*inputs = out;
	if (!out)
		return -1;
	for (size_t i = 0; i < old->len; i++) {
		const struct lock_edge *e = &old->inputs[i];
		struct lock_path below;
		const char *place;

		out[i] = (struct flake_input){
			.name = e->name,
			.is_flake = true,
		};
		if (e->node) {
			out[i].has_ref = true;
			out[i].ref = e->node->original;
			out[i].is_flake = e->node->is_flake;
			continue;
		}
		/* A follows that no override asks for any more: what
		 * flake.nix says instead is not in the lock file. */
		if (lock_path_push(l->ev, &t->path, e->name, &below) < 0)
			return -1;
		place = lock_path_print(l->ev, &below);
		if (!place)
			return -1;
		if (!t->at->trust && !find_override(l, place)) {
			*stale = true;
			return 0;
		}
		out[i].has_follows = true;
		if (lock_path_join(l->ev, &t->at->follows_prefix, &e->follows,
				   &out[i].follows) < 0)
			return -1;
	}
	return 0;
}

/* Keep an entry of the old lock file. */
static int keep_entry(struct locker *l, const struct task *t,
		      const struct lock_node *old)
{
	struct lock_node *node = lock_new(l->ev);
	struct flake_input *inputs;
	struct place below = {
		.node = node,
		.path = t->path,
		.old = old,
		.follows_prefix = t->at->follows_prefix,
		.dir = t->at->dir,
		.trust = true,
		.parent = t->at->parent,
	};
	struct flake_file file;
	bool stale = false;

	if (!node)
		return -1;
	node->locked = old->locked;
	node->original = old->original;
	node->is_flake = old->is_flake;
	node->has_parent = old->has_parent;
	node->parent = old->parent;
	if (lock_add(l->ev, t->at->node,
		     (struct lock_edge){ t->written->name, node, { 0 } }) < 0 ||
	    inputs_of_entry(l, t, old, &inputs, &stale) < 0)
		return -1;
	if (!stale)
		return lock_inputs(l, inputs, old->len, &below);
	if (read_flake(l, t, &old->locked, l->registries, &file) < 0)
		return put_off(l, t, node);
	set_place(node, &file);
	below.dir = file.dir;
	below.trust = false;
	return lock_inputs(l, file.inputs, file.len, &below);
}

/* The old entry that may be kept, NULL if none. */
static const struct lock_node *old_entry(struct locker *l, const struct task *t)
{
	const struct lock_edge *edge =
		t->at->old ? lock_edge(t->at->old, t->written->name) : NULL;
	bool relative = flakeref_relative(&t->input.ref);
	const struct lock_path *parent =
		t->override ? &t->override->parent : &t->at->path;

	if (!edge || !edge->node || (t->override && t->override->is_option) ||
	    !flakeref_same_original(l->ev, &edge->node->original,
				    &t->input.ref) ||
	    edge->node->has_parent != relative ||
	    (relative && !lock_path_equal(&edge->node->parent, parent)))
		return NULL;
	return edge->node;
}

static int lock_input(struct locker *l, const struct flake_input *written,
		      const struct place *at)
{
	struct task t = {
		.at = at,
		.written = written,
		.input = *written,
		.dir = at->dir,
	};
	struct ref_attr type = { .name = "type", .text = "indirect" };
	const struct lock_node *old;
	struct lock_edge edge = { .name = written->name };

	if (lock_path_push(l->ev, &at->path, written->name, &t.path) < 0)
		return -1;
	t.text = lock_path_print(l->ev, &t.path);
	if (!t.text)
		return -1;
	t.override = find_override(l, t.text);
	if (t.override) {
		t.input = *t.override->input;
		t.input.is_flake = written->is_flake;
		t.dir = t.override->dir;
	}
	/* Follows are looked up later: they may lead to what comes later. */
	if (t.input.has_follows) {
		edge.follows = t.input.follows;
		return lock_add(l->ev, at->node, edge);
	}
	if (!t.input.has_ref) {
		t.input.ref = (struct flake_ref){ .dir = "" };
		if (flakeref_set(l->ev, &t.input.ref, type) < 0 ||
		    flakeref_set_string(l->ev, &t.input.ref, "id",
					written->name) < 0 ||
		    flakeref_check(l->ev, &t.input.ref) < 0)
			goto fail;
	}
	old = old_entry(l, &t);
	if ((old ? keep_entry(l, &t, old) : make_entry(l, &t)) == 0)
		return 0;
fail:
	eval_frame(l->ev, 0, "while updating the flake input '%s'", t.text);
	return -1;
}

static int lock_inputs(struct locker *l, const struct flake_input *inputs,
		       size_t len, const struct place *at)
{
	struct lock_path path;

	if (at->path.len > LOCK_DEPTH_MAX) {
		eval_fail(l->ev, ERROR_DEPTH, 0,
			  "inputs are nested too deeply");
		return -1;
	}
	for (size_t i = 0; i < len; i++)
		if (lock_path_push(l->ev, &at->path, inputs[i].name, &path) <
			    0 ||
		    add_overrides(l, &inputs[i], &path, at) < 0)
			return -1;
	for (size_t i = 0; i < len; i++)
		if (lock_input(l, &inputs[i], at) < 0)
			return -1;
	return 0;
}

int flake_lock_read(struct eval *ev, struct path *path, struct lock_node **root)
{
	struct source_stat st;
	const char *bytes;
	size_t len;
	int err;

	*root = NULL;
	path = source_resolve(ev, path, true);
	if (!path)
		return -1;
	err = source_stat(ev, path->source, path->bytes, &st);
	if (err < 0 || st.type == SOURCE_MISSING) {
		*root = lock_new(ev);
		return *root ? 0 : -1;
	}
	err = source_read(ev, path->source, path->bytes, &bytes, &len);
	if (err < 0) {
		source_fail(ev, 0, path->source, path->bytes, err);
		return -1;
	}
	*root = lock_parse(ev, bytes, len, source_text(ev, path));
	return *root ? 0 : -1;
}

/* -o override-input: paths start in the current folder, as Nix's do. */
static int add_options(struct locker *l, const struct flake_options *options)
{
	struct flakeref_options parse = { .allow_missing = true };
	char *base = realpath(".", NULL);
	int rc = -1;

	parse.base = base ? base : "/";
	/* The first of a name counts, and the user's last is to. */
	for (size_t i = options ? options->noverrides : 0; i-- > 0;) {
		const struct flake_override *o = &options->overrides[i];
		struct flake_input *input = eval_alloc(l->ev, sizeof(*input));
		struct override new = {
			.input = input,
			.dir = l->top,
			.is_option = true,
		};
		struct lock_path path;

		if (!input)
			goto out;
		*input = (struct flake_input){
			.has_ref = true,
			.is_flake = true,
		};
		if (flakeref_parse(l->ev, o->ref, &parse, &input->ref, NULL) <
			    0 ||
		    lock_path_parse(l->ev, o->input, &path) < 0 ||
		    add_override(l, &path, new) < 0)
			goto out;
	}
	rc = 0;
out:
	free(base);
	return rc;
}

/* folder/name in the tree, NULL if it isn't there or can't be looked at. */
static struct path *in_folder(struct eval *ev, const struct path *root,
			      const char *folder, const char *name)
{
	struct source_stat st;
	struct path *path = source_join(ev, root, folder, strlen(folder));

	if (path)
		path = source_join(ev, path, name, strlen(name));
	if (path && source_stat(ev, path->source, path->bytes, &st) == 0 &&
	    st.type == SOURCE_REGULAR)
		return path;
	return NULL;
}

/* The lock file that the options name, else the flake's own. */
static struct path *lock_file_path(struct eval *ev, const struct flake *flake,
				   const struct flake_options *options)
{
	const char *name = options ? options->reference_lock : NULL;
	struct path root = { .source = flake->file.dir->source, .len = 1 };
	const char *folder = options ? options->lock_folder : NULL;
	char *real;
	struct path *path = NULL;

	if (!name) {
		if (folder && !in_folder(ev, &root, folder, "flake.nix"))
			path = in_folder(ev, &root, folder, "flake.lock");
		return path ? path
			    : source_join(ev, flake->file.dir, "flake.lock",
					  10);
	}
	if (name[0] != '/')
		return source_join(ev, &root, name, strlen(name));
	real = realpath(name, NULL);
	if (!real) {
		eval_fail(ev, ERROR_IO, 0, "path '%s' does not exist", name);
		return NULL;
	}
	trace_placed(ev, name, real);
	root.source = source_machine(ev);
	path = root.source ? source_join(ev, &root, real, strlen(real)) : NULL;
	free(real);
	return path;
}

int flake_lock(struct eval *ev, struct flake *flake,
	       const struct flake_options *options,
	       enum registry_use registries, bool locked_only)
{
	struct locker l = {
		.ev = ev,
		.registries = registries,
		.locked_only = locked_only,
		.top = flake->file.dir,
	};
	struct path *path = lock_file_path(ev, flake, options);
	struct lock_node *old;
	struct place top = { .dir = flake->file.dir };
	const char *before, *after;

	if (!path || flake_lock_read(ev, path, &old) < 0 ||
	    add_options(&l, options) < 0)
		return -1;
	flake->root = lock_new(ev);
	if (!flake->root)
		return -1;
	top.node = flake->root;
	top.old = old;
	flake->root->tree = flake->file.tree;
	flake->root->dir = flake->file.dir;
	if (lock_inputs(&l, flake->file.inputs, flake->file.len, &top) < 0 ||
	    lock_check(ev, flake->root) < 0)
		return -1;
	before = lock_print(ev, old);
	after = before ? lock_print(ev, flake->root) : NULL;
	if (!after)
		return -1;
	flake->dirty = strcmp(before, after) != 0;
	return 0;
}
