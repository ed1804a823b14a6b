/* Reading flake.nix: a set whose inputs are plain text, not computed. */
#include <string.h>

#include "eval/ast.h"
#include "eval/eval.h"
#include "eval/file.h"
#include "eval/flake_private.h"
#include "eval/import.h"
#include "eval/source.h"

/* Inputs of inputs of ... in one flake.nix. */
#define INPUT_DEPTH_MAX 100

struct reader {
	struct eval *ev;
	struct path *dir;
	const struct lock_path *prefix;
};

const char *flake_show_pos(struct eval *ev, pos_t pos)
{
	struct position p;
	struct buf out = BUF_INIT;
	const char *copy;

	if (!file_position(ev, pos, &p))
		return "«none»:0";
	buf_add_format(&out, "%s:%u:%u", p.file->name, p.line, p.column);
	copy = arena_strndup(ev->arena, buf_text(&out), out.len);
	buf_release(&out);
	return copy ? copy : "";
}

/* Evaluate what is a set, a list or a function as it is written. */
static value force_trivial(struct eval *ev, value *slot)
{
	const struct thunk *thunk;
	const struct expr *expr;

	if (!value_is_thunk(*slot))
		return *slot;
	thunk = value_pointer(*slot);
	if ((thunk->code & 7) == THUNK_DONE)
		return value_force(ev, slot);
	if ((thunk->code & 7) != THUNK_CODE)
		return *slot;
	expr = (const struct expr *)(uintptr_t)(thunk->code & ~(uint64_t)7);
	switch (expr->op) {
	case EXPR_ATTRS:
	case EXPR_REC_ATTRS:
		if (((const struct expr_attrs *)expr)->dynamic_len)
			return *slot;
		return value_force(ev, slot);
	case EXPR_LAMBDA:
	case EXPR_LIST:
		return value_force(ev, slot);
	default:
		return *slot;
	}
}

static const char *type_name(struct eval *ev, value v)
{
	return value_is_thunk(v) ? "a thunk" : value_type_name(ev, v);
}

/* The value if it is of this tag (or Boolean), else 0 with the error. */
static value expect(struct eval *ev, enum tag tag, const char *want,
		    value *slot, pos_t pos)
{
	value v = force_trivial(ev, slot);

	if (!v)
		return 0;
	if (!value_is_thunk(v) && value_tag(v) == tag &&
	    (tag != TAG_CONST || value_is_bool(v)))
		return v;
	return eval_fail(ev, ERROR_EVAL, 0, "expected %s but got %s at %s",
			 want, type_name(ev, v), flake_show_pos(ev, pos));
}

static const char *text_of(struct eval *ev, value v)
{
	const struct string *s = value_string(v);
	const char *copy = arena_strndup(ev->arena, s->bytes, s->len);

	if (!copy)
		eval_fail_memory(ev);
	return copy;
}

/* An attribute of a reference: owner = "NixOS". */
static int read_attr(struct reader *r, const char *name, value *slot,
		     struct flake_ref *ref)
{
	struct ref_attr a = { .name = name };
	value v = *slot;

	if (!value_is_thunk(v) && value_tag(v) == TAG_STRING) {
		a.text = text_of(r->ev, v);
		if (!a.text)
			return -1;
	} else if (!value_is_thunk(v) && value_is_bool(v)) {
		a.kind = REF_BOOL;
		a.number = v == VALUE_TRUE;
	} else if (!value_is_thunk(v) && value_is_int(v)) {
		a.kind = REF_INT;
		if (value_integer(v) < 0) {
			eval_fail(r->ev, ERROR_EVAL, 0,
				  "negative value given for flake input "
				  "attribute %s: %lld",
				  name, (long long)value_integer(v));
			return -1;
		}
		a.number = (uint64_t)value_integer(v);
	} else {
		eval_fail(r->ev, ERROR_EVAL, 0,
			  "flake input attribute '%s' is %s while a string, "
			  "Boolean, or integer is expected",
			  name, type_name(r->ev, v));
		return -1;
	}
	return flakeref_set(r->ev, ref, a);
}

/* The way from one folder of a tree to a path of it, "../b". */
static const char *relative(struct eval *ev, const struct path *from,
			    const struct path *to)
{
	const char *a = from->len > 1 ? from->bytes : "";
	const char *b = to->len > 1 ? to->bytes : "";
	struct buf out = BUF_INIT;
	const char *copy;

	/* Skip the steps that are the same. */
	while (*a && *b) {
		size_t n = 1 + strcspn(a + 1, "/");
		size_t m = 1 + strcspn(b + 1, "/");

		if (n != m || memcmp(a, b, n))
			break;
		a += n;
		b += m;
	}
	for (; *a; a++)
		if (*a == '/')
			buf_add_text(&out, out.len ? "/.." : "..");
	if (*b) {
		buf_add_text(&out, out.len ? "/" : "");
		buf_add_text(&out, b + 1);
	}
	if (!out.len)
		buf_add_char(&out, '.');
	copy = arena_strndup(ev->arena, buf_text(&out), out.len);
	if (!copy)
		eval_fail_memory(ev);
	buf_release(&out);
	return copy;
}

/* url = "..." or a path in the flake's own tree. */
static const char *read_url(struct reader *r, value *slot, pos_t pos,
			    pos_t attr_pos)
{
	value v = force_trivial(r->ev, slot);
	struct buf out = BUF_INIT;
	const char *copy;

	if (!v)
		return NULL;
	if (!value_is_thunk(v) && value_tag(v) == TAG_STRING)
		return text_of(r->ev, v);
	if (value_is_thunk(v) || !value_is_path(v)) {
		eval_fail(r->ev, ERROR_EVAL, 0,
			  "expected a string or a path but got %s at %s",
			  type_name(r->ev, v), flake_show_pos(r->ev, attr_pos));
		return NULL;
	}
	if (value_path(v)->source != r->dir->source) {
		eval_fail(r->ev, ERROR_EVAL, 0,
			  "input attribute path '%s' at %s must be in the same "
			  "source tree as %s",
			  source_text(r->ev, value_path(v)),
			  flake_show_pos(r->ev, attr_pos),
			  source_text(r->ev, r->dir));
		return NULL;
	}
	copy = relative(r->ev, r->dir, value_path(v));
	if (!copy)
		return NULL;
	buf_add_format(&out, "path:%s", copy);
	copy = arena_strndup(r->ev->arena, buf_text(&out), out.len);
	buf_release(&out);
	return copy;
}

static int read_inputs(struct reader *r, value *slot, pos_t pos,
		       struct flake_file *self, size_t *len,
		       struct flake_input **inputs, unsigned depth);

static int read_follows(struct reader *r, value *slot, pos_t pos,
			struct flake_input *input)
{
	value v = expect(r->ev, TAG_STRING, "a string", slot, pos);
	struct lock_path path;

	if (!v || lock_path_parse(r->ev, text_of(r->ev, v), &path) < 0)
		return -1;
	input->has_follows = true;
	return lock_path_join(r->ev, r->prefix, &path, &input->follows);
}

/* One attribute of an input. */
static int read_input_attr(struct reader *r, const char *name, value *slot,
			   pos_t pos, pos_t attr_pos, struct flake_input *input,
			   const char **url, unsigned depth)
{
	value v;

	if (!strcmp(name, "url")) {
		*url = read_url(r, slot, pos, attr_pos);
		if (!*url)
			return -1;
		return flakeref_set_string(r->ev, &input->ref, name, *url);
	}
	if (!strcmp(name, "flake")) {
		v = expect(r->ev, TAG_CONST, "a Boolean", slot, attr_pos);
		input->is_flake = v == VALUE_TRUE;
		return v ? 0 : -1;
	}
	if (!strcmp(name, "inputs"))
		return read_inputs(r, slot, attr_pos, NULL, &input->len,
				   &input->overrides, depth + 1);
	if (!strcmp(name, "follows"))
		return read_follows(r, slot, attr_pos, input);
	return read_attr(r, name, slot, &input->ref);
}

static int finish_ref(struct reader *r, pos_t pos, const char *url,
		      struct flake_input *input)
{
	struct flakeref_options options = {
		.allow_missing = true,
		.is_file = !input->is_flake,
		.preserve_relative = true,
	};
	struct eval *ev = r->ev;
	const char *dir;

	if (flakeref_attr(&input->ref, "type")) {
		dir = flakeref_string(&input->ref, "dir");
		flakeref_drop(ev, &input->ref, "dir");
		input->ref.dir = dir ? dir : "";
		if (flakeref_check(ev, &input->ref) < 0) {
			eval_frame(ev, pos, "while evaluating flake input");
			return -1;
		}
		input->has_ref = true;
	} else {
		flakeref_drop(ev, &input->ref, "url");
		if (input->ref.len) {
			eval_fail(ev, ERROR_EVAL, 0,
				  "unexpected flake input attribute '%s', at "
				  "%s",
				  input->ref.attrs[0].name,
				  flake_show_pos(ev, pos));
			return -1;
		}
		if (url &&
		    flakeref_parse(ev, url, &options, &input->ref, NULL) < 0)
			return -1;
		input->has_ref = url != NULL;
	}
	if (input->has_ref && input->has_follows) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "flake input has both a flake reference and a "
			  "follows attribute, at %s",
			  flake_show_pos(ev, pos));
		return -1;
	}
	return 0;
}

static int read_input(struct reader *r, value *slot, pos_t pos,
		      struct flake_input *input, unsigned depth)
{
	value v = expect(r->ev, TAG_ATTRS, "a set", slot, pos);
	const char *url = NULL;
	struct attrs *set;

	if (!v)
		return -1;
	if (depth > INPUT_DEPTH_MAX) {
		eval_fail(r->ev, ERROR_DEPTH, pos,
			  "inputs are nested too deeply");
		return -1;
	}
	input->is_flake = true;
	input->ref.dir = "";
	set = attrs_flat(r->ev, value_attrs(v));
	for (size_t i = 0; set && i < attrs_len(set); i++) {
		value *cell;
		symbol sym = attrs_sorted(r->ev, set, i, &cell);
		pos_t at = attrs_pos(set, sym);

		if (read_input_attr(r, symbol_bytes(sym), cell, pos, at, input,
				    &url, depth) < 0) {
			eval_frame(r->ev, at,
				   "while evaluating flake attribute '%s'",
				   symbol_bytes(sym));
			return -1;
		}
	}
	return set ? finish_ref(r, pos, url, input) : -1;
}

/* inputs.self: submodules and lfs. */
static int read_self(struct reader *r, value *slot, pos_t pos,
		     struct flake_file *self)
{
	value v = expect(r->ev, TAG_ATTRS, "a set", slot, pos);
	struct flake_ref ref = { .dir = "" };
	struct attrs *set;

	set = v ? attrs_flat(r->ev, value_attrs(v)) : NULL;
	for (size_t i = 0; set && i < attrs_len(set); i++) {
		value *cell;
		symbol sym = attrs_sorted(r->ev, set, i, &cell);
		const char *name = symbol_bytes(sym);

		if (read_attr(r, name, cell, &ref) < 0)
			return -1;
		if (strcmp(name, "submodules") && strcmp(name, "lfs")) {
			eval_fail(r->ev, ERROR_EVAL, 0,
				  "flake 'self' attribute '%s' is not "
				  "supported",
				  name);
			return -1;
		}
	}
	self->has_self = ref.len > 0;
	self->submodules = flakeref_bool(&ref, "submodules");
	self->lfs = flakeref_bool(&ref, "lfs");
	return set ? 0 : -1;
}

static int read_inputs(struct reader *r, value *slot, pos_t pos,
		       struct flake_file *self, size_t *len,
		       struct flake_input **inputs, unsigned depth)
{
	value v = expect(r->ev, TAG_ATTRS, "a set", slot, pos);
	struct attrs *set = v ? attrs_flat(r->ev, value_attrs(v)) : NULL;
	struct flake_input *out;

	if (!set)
		return -1;
	out = eval_alloc(r->ev, (attrs_len(set) + 1) * sizeof(*out));
	if (!out)
		return -1;
	*inputs = out;
	for (size_t i = 0; i < attrs_len(set); i++) {
		value *cell;
		symbol sym = attrs_sorted(r->ev, set, i, &cell);
		pos_t at = attrs_pos(set, sym);

		if (!strcmp(symbol_bytes(sym), "self")) {
			if (!self) {
				eval_fail(r->ev, ERROR_EVAL, 0,
					  "'self' input attribute not allowed "
					  "at %s",
					  flake_show_pos(r->ev, at));
				return -1;
			}
			if (read_self(r, cell, at, self) < 0)
				return -1;
			continue;
		}
		memset(&out[*len], 0, sizeof(*out));
		out[*len].name = symbol_bytes(sym);
		if (read_input(r, cell, at, &out[*len], depth) < 0)
			return -1;
		++*len;
	}
	return 0;
}

/* The formals of outputs are inputs too, by their names alone. */
static int add_formals(struct reader *r, value fn, struct flake_file *file)
{
	const struct function *f = value_function(fn);
	const struct formals *formals =
		f->kind == FUNCTION_LAMBDA ? f->as.lambda->formals : NULL;
	struct flakeref_options options = { .allow_missing = true };
	struct flake_input *grown;
	size_t n;

	if (!formals)
		return 0;
	grown = eval_alloc(r->ev,
			   (file->len + formals->len + 1) * sizeof(*grown));
	if (!grown)
		return -1;
	if (file->len)
		memcpy(grown, file->inputs, file->len * sizeof(*grown));
	file->inputs = grown;
	for (size_t i = 0; i < formals->len; i++) {
		const char *name = symbol_bytes(formals->items[i].name);
		struct flake_input input = {
			.name = name,
			.has_ref = true,
			.is_flake = true,
		};

		for (n = 0; n < file->len; n++)
			if (strcmp(grown[n].name, name) >= 0)
				break;
		if (!strcmp(name, "self") ||
		    (n < file->len && !strcmp(grown[n].name, name)))
			continue;
		if (flakeref_parse(r->ev, name, &options, &input.ref, NULL) < 0)
			return -1;
		memmove(grown + n + 1, grown + n,
			(file->len - n) * sizeof(*grown));
		grown[n] = input;
		file->len++;
	}
	return 0;
}

static int check_attributes(struct reader *r, struct attrs *set,
			    const struct flake_file *file)
{
	for (size_t i = 0; i < attrs_len(set); i++) {
		value *cell;
		symbol sym = attrs_sorted(r->ev, set, i, &cell);
		const char *name = symbol_bytes(sym);

		if (strcmp(name, "description") && strcmp(name, "inputs") &&
		    strcmp(name, "outputs") && strcmp(name, "nixConfig")) {
			eval_fail(r->ev, ERROR_EVAL, 0,
				  "flake '%s' has an unsupported attribute "
				  "'%s', at %s",
				  flakeref_print(r->ev, &file->resolved, true),
				  name,
				  flake_show_pos(r->ev, attrs_pos(set, sym)));
			return -1;
		}
	}
	return 0;
}

static value *find(struct attrs *set, const char *name, pos_t *pos)
{
	symbol sym = symbol_find(name, strlen(name));

	if (sym)
		*pos = attrs_pos(set, sym);
	return sym ? attrs_find(set, sym) : NULL;
}

static int read_set(struct reader *r, struct attrs *set,
		    struct flake_file *file)
{
	value *cell, v;
	pos_t pos;

	cell = find(set, "description", &pos);
	if (cell) {
		v = expect(r->ev, TAG_STRING, "a string", cell, pos);
		if (!v)
			return -1;
		file->description = text_of(r->ev, v);
	}
	cell = find(set, "inputs", &pos);
	if (cell &&
	    read_inputs(r, cell, pos, file, &file->len, &file->inputs, 0) < 0)
		return -1;
	cell = find(set, "outputs", &pos);
	if (!cell) {
		eval_fail(r->ev, ERROR_EVAL, 0,
			  "flake '%s' lacks attribute 'outputs'",
			  flakeref_print(r->ev, &file->resolved, true));
		return -1;
	}
	v = expect(r->ev, TAG_FUNCTION, "a function", cell, pos);
	if (!v || add_formals(r, v, file) < 0)
		return -1;
	cell = find(set, "nixConfig", &pos);
	if (cell && !expect(r->ev, TAG_ATTRS, "a set", cell, pos))
		return -1;
	return check_attributes(r, set, file);
}

int flake_file_read(struct eval *ev, struct path *dir,
		    const struct lock_path *prefix, struct flake_file *file)
{
	struct reader r = { .ev = ev, .dir = dir, .prefix = prefix };
	struct path *path = source_join(ev, dir, "flake.nix", 9);
	struct path *real;
	struct file *parsed;
	struct attrs *set;
	value v;

	file->dir = dir;
	real = path ? import_resolve(ev, path) : NULL;
	parsed = real ? import_parse(ev, real, NULL) : NULL;
	if (!parsed)
		return -1;
	if (parsed->expr->op != EXPR_ATTRS &&
	    parsed->expr->op != EXPR_REC_ATTRS) {
		eval_fail(ev, ERROR_EVAL, 0,
			  "file '%s' must be an attribute set",
			  source_show(ev, real));
		eval_frame(ev, 0, "while evaluating the file '%s':",
			   source_show(ev, real));
		return -1;
	}
	v = eval_file(ev, path);
	set = v ? attrs_flat(ev, value_attrs(v)) : NULL;
	return set ? read_set(&r, set, file) : -1;
}

int flake_file_of_tree(struct eval *ev, struct input_tree *tree,
		       const struct lock_path *prefix, struct flake_file *file)
{
	struct path root = { .source = tree->source, .len = 1 };
	const char *sub = file->resolved.dir;
	struct path *dir = source_join(ev, &root, sub, strlen(sub));
	struct flake_ref ref;

	file->tree = tree;
	if (!dir || flake_file_read(ev, dir, prefix, file) < 0)
		return -1;
	if (!file->has_self || !flakeref_is(&tree->original, "git") ||
	    file->submodules == flakeref_bool(&tree->original, "submodules"))
		return 0;

	/* The tree is to have its submodules: open it anew. */
	ref = tree->original;
	flakeref_drop(ev, &ref, "narHash");
	if (flakeref_set(ev, &ref,
			 (struct ref_attr){
				 .name = "submodules",
				 .kind = REF_BOOL,
				 .number = file->submodules,
			 }) < 0)
		return -1;
	tree = input_open(ev, &ref);
	if (!tree)
		return -1;
	*file = (struct flake_file){
		.original = file->original,
		.resolved = file->resolved,
		.tree = tree,
	};
	root.source = tree->source;
	dir = source_join(ev, &root, sub, strlen(sub));
	return dir ? flake_file_read(ev, dir, prefix, file) : -1;
}

int flake_file_fetch(struct eval *ev, const struct flake_ref *ref,
		     enum registry_use registries,
		     const struct lock_path *prefix, struct flake_file *file)
{
	struct input_tree *tree;
	const char *dir = ref->dir;

	*file = (struct flake_file){ .original = *ref, .resolved = *ref };
	if (flakeref_is(ref, "indirect") || registries != REGISTRY_NONE) {
		if (registry_resolve(ev, registries, &file->resolved, &dir) < 0)
			return -1;
	}
	file->resolved.dir = "";
	tree = input_open(ev, &file->resolved);
	if (!tree)
		return -1;
	file->resolved.dir = dir;
	if (flake_file_of_tree(ev, tree, prefix, file) < 0)
		return -1;
	file->locked = file->tree->locked;
	file->locked.dir = dir;
	return 0;
}
