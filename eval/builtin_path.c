/* builtin_path.c - builtins that read files and name paths */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/buf.h"
#include "eval/context.h"
#include "eval/eval.h"
#include "eval/print.h"
#include "eval/read.h"
#include "eval/search.h"
#include "eval/source.h"
#include "eval/store.h"
#include "eval/storepath.h"
#include "eval/trace.h"

/* --- looking at files --- */

static bool ends_with(const struct string *s, const char *end)
{
	size_t len = strlen(end);

	return s->len >= len && !memcmp(s->bytes + s->len - len, end, len);
}

static value path_exists(struct eval *ev, pos_t pos, value *args)
{
	struct source_stat st;
	struct path *path;
	bool folder;
	value v;
	int err;

	v = value_force(ev, &args[0]);
	if (!v)
		return 0;
	/* Paths have no slash at their end; only text can ask for a folder. */
	folder = value_tag(v) == TAG_STRING &&
		 (ends_with(value_string(v), "/") ||
		  ends_with(value_string(v), "/."));
	path = read_path(ev, &args[0],
			 folder ? READ_LINKS_ALL : READ_LINKS_ABOVE);
	if (!path) {
		if (eval_error(ev)->kind != ERROR_PURITY)
			return 0;
		eval_clear_error(ev);
		return VALUE_FALSE;
	}
	err = source_stat(ev, path->source, path->bytes, &st);
	if (err == -EACCES && ev->settings.pure)
		return VALUE_FALSE;
	if (err < 0)
		return source_fail(ev, 0, path->source, path->bytes, err);
	return value_bool(st.type != SOURCE_MISSING &&
			  (!folder || st.type == SOURCE_DIRECTORY));
}

static value read_file_builtin(struct eval *ev, pos_t pos, value *args)
{
	struct path *path = read_path(ev, &args[0], READ_LINKS_ALL);
	const char *bytes;
	size_t len;

	if (!path || read_file(ev, path, &bytes, &len) < 0)
		return 0;
	if (memchr(bytes, '\0', len))
		return eval_fail(ev, ERROR_EVAL, 0,
				 "the contents of the file '%s' cannot be "
				 "represented as a Nix string",
				 source_text(ev, path));
	return value_new_string(ev, bytes, len, store_references(ev, path));
}

static value type_value(enum source_type type)
{
	const char *name = source_type_name(type);
	symbol sym = symbol_intern(name, strlen(name));

	return sym ? symbol_string(sym) : 0;
}

static value read_file_type(struct eval *ev, pos_t pos, value *args)
{
	struct path *path = read_path(ev, &args[0], READ_LINKS_NOT);
	struct source_stat st;
	int err;

	path = path ? source_resolve(ev, path, false) : NULL;
	if (!path)
		return 0;
	err = source_stat(ev, path->source, path->bytes, &st);
	if (err == 0 && st.type == SOURCE_MISSING)
		err = -ENOENT;
	if (err < 0)
		return source_fail(ev, 0, path->source, path->bytes, err);
	return type_value(st.type);
}

static value read_dir(struct eval *ev, pos_t pos, value *args)
{
	struct path *path = read_path(ev, &args[0], READ_LINKS_ALL);
	struct attrs_builder builder;
	struct source_entry *entries;
	size_t len;
	int err;

	if (!path)
		return 0;
	err = source_list(ev, path->source, path->bytes, &entries, &len);
	if (err < 0)
		return source_fail(ev, 0, path->source, path->bytes, err);
	attrs_builder_init(&builder, ev, len);
	for (size_t i = 0; i < len; i++) {
		symbol name =
			symbol_intern(entries[i].name, strlen(entries[i].name));
		value type = type_value(entries[i].type);

		if (!name || !type)
			return eval_fail_memory(ev);
		if (attrs_builder_add(&builder, name, 0, type) < 0)
			return 0;
	}
	return value_of_attrs(attrs_builder_finish(&builder, false));
}

/* --- the search path --- */

static int search_entry(struct eval *ev, value *slot, struct search_entry *out)
{
	struct string *prefix = NULL;
	struct attrs *set;
	value *cell, path;

	set = eval_attrs(ev, slot, 0,
			 "while evaluating an element of the list passed to "
			 "builtins.findFile");
	if (!set)
		return -1;
	cell = attrs_find(set, SYM_prefix);
	if (cell) {
		prefix = eval_string_plain(ev, cell, 0,
					   "while evaluating the `prefix` "
					   "attribute of an element of the "
					   "list passed to builtins.findFile");
		if (!prefix)
			return -1;
	}
	cell = attrs_find(set, SYM_path);
	if (!cell) {
		eval_fail(ev, ERROR_EVAL, 0, "attribute 'path' missing");
		eval_frame(ev, 0, "in an element of the __nixPath");
		return -1;
	}
	path = eval_coerce(ev, cell, 0,
			   "while evaluating the `path` attribute of an "
			   "element of the list passed to builtins.findFile",
			   0);
	if (!path || store_realise(ev, 0, value_string(path)->context) < 0)
		return -1;
	out->prefix = prefix ? prefix->bytes : "";
	out->folder = value_string(path)->bytes;
	return 0;
}

static value find_file(struct eval *ev, pos_t pos, value *args)
{
	struct search_entry *entries;
	struct string *name;
	struct list *list;

	list = eval_list(ev, &args[0], 0,
			 "while evaluating the first argument passed to "
			 "builtins.findFile");
	if (!list)
		return 0;
	entries = arena_alloc(ev->arena, (list->len + 1) * sizeof(*entries));
	if (!entries)
		return eval_fail_memory(ev);
	for (uint32_t i = 0; i < list->len; i++)
		if (search_entry(ev, &list->items[i], &entries[i]) < 0)
			return 0;
	name = eval_string_plain(ev, &args[1], 0,
				 "while evaluating the second argument passed "
				 "to builtins.findFile");
	return name ? search_find(ev, entries, list->len, name->bytes) : 0;
}

/* --- the store --- */

/* What is in the frame around all that goes wrong with a path being added. */
static value fail_adding(struct eval *ev, const struct path *path)
{
	const char *text = source_text(ev, path);

	return eval_frame(ev, 0, "while adding path '%s'", text ? text : "");
}

static value filter_source(struct eval *ev, pos_t pos, value *args)
{
	const struct context *context = NULL;
	struct path *path, *target;
	value filter, v;

	path = read_coerce(ev, &args[1], 0,
			   "while evaluating the second argument (the path to "
			   "filter) passed to 'builtins.filterSource'",
			   true, &context);
	if (!path)
		return 0;
	filter = eval_function(ev, &args[0], 0,
			       "while evaluating the first argument passed to "
			       "builtins.filterSource");
	if (!filter)
		return 0;
	target = source_resolve(ev, path, true);
	v = target ? store_add_path(ev, 0, target, store_name(ev, path), true,
				    filter)
		   : 0;
	return v ? v : fail_adding(ev, path);
}

/* The arguments of builtins.path. */
struct path_arguments {
	struct path *path;
	const char *name;
	value filter;
	bool recursive;
	bool has_hash;
	struct hash hash;
};

static int expected_hash(struct eval *ev, value *cell, pos_t pos,
			 struct path_arguments *a)
{
	struct buf err = BUF_INIT;
	struct string *text;
	int rc;

	text = eval_string_plain(ev, cell, pos,
				 "while evaluating the `sha256` attribute "
				 "passed to builtins.path");
	if (!text)
		return -1;
	rc = hash_parse_or_empty(text->bytes, text->len, HASH_SHA256, &a->hash,
				 &err);
	if (rc < 0)
		eval_fail(ev, ERROR_EVAL, 0, "%s", buf_text(&err));
	buf_release(&err);
	a->has_hash = true;
	return rc;
}

static int path_argument(struct eval *ev, symbol attr, value *cell, pos_t pos,
			 struct path_arguments *a)
{
	const struct context *context = NULL;
	const char *name = symbol_bytes(attr);
	struct string *text;

	if (attr == SYM_path) {
		a->path = read_coerce(ev, cell, pos,
				      "while evaluating the 'path' attribute "
				      "passed to 'builtins.path'",
				      true, &context);
		return a->path ? 0 : -1;
	}
	if (attr == SYM_name) {
		text = eval_string_plain(ev, cell, pos,
					 "while evaluating the `name` "
					 "attribute passed to builtins.path");
		if (!text)
			return -1;
		a->name = text->bytes;
		return 0;
	}
	if (!strcmp(name, "filter")) {
		a->filter = eval_function(ev, cell, pos,
					  "while evaluating the `filter` "
					  "parameter passed to builtins.path");
		return a->filter ? 0 : -1;
	}
	if (!strcmp(name, "recursive"))
		return eval_bool(ev, cell, pos,
				 "while evaluating the `recursive` attribute "
				 "passed to builtins.path",
				 &a->recursive);
	if (!strcmp(name, "sha256"))
		return expected_hash(ev, cell, pos, a);
	eval_fail(ev, ERROR_EVAL, pos,
		  "unsupported argument '%s' to 'builtins.path'",
		  print_symbol(ev, attr));
	return -1;
}

/* The copy must have the path that the expected hash makes. */
static value check_hash(struct eval *ev, const struct path_arguments *a,
			value added)
{
	struct buf err = BUF_INIT;
	struct storepath path;
	int rc;

	rc = storepath_fixed(&path,
			     a->recursive ? STOREPATH_NAR : STOREPATH_FLAT,
			     &a->hash, a->name, strlen(a->name), NULL, 0, &err);
	if (rc < 0)
		eval_fail(ev, ERROR_EVAL, 0, "%s", buf_text(&err));
	buf_release(&err);
	if (rc < 0)
		return 0;
	if (path.len == value_string(added)->len &&
	    !memcmp(path.text, value_string(added)->bytes, path.len))
		return added;
	return eval_fail(ev, ERROR_EVAL, 0,
			 "store path mismatch in (possibly filtered) path "
			 "added from '%s'",
			 source_text(ev, a->path));
}

static value path_builtin(struct eval *ev, pos_t pos, value *args)
{
	struct path_arguments a = { .name = "", .recursive = true };
	struct path *target;
	struct attrs *set;
	value v;

	set = eval_attrs(ev, &args[0], 0,
			 "while evaluating the argument passed to "
			 "'builtins.path'");
	set = set ? attrs_flat(ev, set) : NULL;
	if (!set)
		return 0;
	for (size_t i = 0; i < attrs_len(set); i++) {
		if (path_argument(ev, shape_name(set->shape, i),
				  &set->values[i], shape_pos(set->shape, i),
				  &a) < 0)
			return 0;
	}
	if (!a.path)
		return eval_fail(ev, ERROR_EVAL, 0,
				 "missing required 'path' attribute in the "
				 "first argument to 'builtins.path'");
	if (!*a.name)
		a.name = store_name(ev, a.path);
	target = a.name ? source_resolve(ev, a.path, true) : NULL;
	v = target ? store_add_path(ev, 0, target, a.name, a.recursive,
				    a.filter)
		   : 0;
	if (v && a.has_hash)
		v = check_hash(ev, &a, v);
	return v ? v : fail_adding(ev, a.path);
}

static value to_file(struct eval *ev, pos_t pos, value *args)
{
	struct string *name, *text;

	name = eval_string_plain(ev, &args[0], 0,
				 "while evaluating the first argument passed "
				 "to builtins.toFile");
	if (!name)
		return 0;
	text = eval_string_value(ev, &args[1], 0,
				 "while evaluating the second argument passed "
				 "to builtins.toFile");
	if (!text)
		return 0;
	for (uint32_t i = 0; text->context && i < text->context->len; i++) {
		const struct context_element *e = text->context->elements[i];
		const char *base = strrchr(symbol_bytes(e->path), '/') + 1;

		if (e->kind == CONTEXT_PATH)
			continue;
		return eval_fail(
			ev, ERROR_EVAL, 0,
			"files created by builtins.toFile may not reference "
			"derivations, but %s references %s%s%s%s",
			name->bytes, e->kind == CONTEXT_DEEP ? "=" : "!",
			e->kind == CONTEXT_DEEP ? "" : symbol_bytes(e->output),
			e->kind == CONTEXT_DEEP ? "" : "!", base);
	}
	return store_add_text(ev, name->bytes, text->bytes, text->len,
			      text->context);
}

static value to_path(struct eval *ev, pos_t pos, value *args)
{
	const struct context *context = NULL;
	const char *text;
	struct path *path;

	path = read_coerce(ev, &args[0], 0,
			   "while evaluating the first argument passed to "
			   "builtins.toPath",
			   false, &context);
	text = path ? source_text(ev, path) : NULL;
	return text ? value_new_string(ev, text, strlen(text), context) : 0;
}

static value store_path(struct eval *ev, pos_t pos, value *args)
{
	const struct context *context = NULL, *own;
	struct storepath_parts parts;
	struct buf err = BUF_INIT;
	struct path *path;
	const char *text;
	symbol name;

	if (ev->settings.pure)
		return eval_fail(ev, ERROR_PURITY, 0,
				 "'builtins.storePath' is not allowed in pure "
				 "evaluation mode");
	path = read_coerce(ev, &args[0], 0,
			   "while evaluating the first argument passed to "
			   "'builtins.storePath'",
			   false, &context);
	text = path ? source_text(ev, path) : NULL;
	text = text ? source_reveal(ev, text, strlen(text)) : NULL;
	if (!text)
		return 0;
	/* A link in the store's folder itself is a store path. */
	if (storepath_parse(text, strlen(text), &parts, NULL) < 0) {
		path = source_resolve(ev, path, true);
		text = path ? source_text(ev, path) : NULL;
		text = text ? source_reveal(ev, text, strlen(text)) : NULL;
		if (!text)
			return 0;
	}
	if (strncmp(text, STOREPATH_PREFIX, STOREPATH_PREFIX_LEN) != 0)
		return eval_fail(ev, ERROR_EVAL, 0,
				 "path '%s' is not in the Nix store", text);
	if (storepath_split(text, strlen(text), &parts, &err) < 0) {
		eval_fail(ev, ERROR_EVAL, 0, "%s", buf_text(&err));
		buf_release(&err);
		return 0;
	}
	name = symbol_intern(text, parts.len);
	own = name ? context_of(ev, CONTEXT_PATH, name, 0) : NULL;
	context = own ? context_union(ev, context, own) : NULL;
	return context ? value_new_string(ev, text, strlen(text), context) : 0;
}

/* --- what surrounds the evaluation --- */

static value get_env(struct eval *ev, pos_t pos, value *args)
{
	const char *text = NULL;
	struct string *name;

	name = eval_string_plain(ev, &args[0], 0,
				 "while evaluating the first argument passed "
				 "to builtins.getEnv");
	if (!name)
		return 0;
	if (!ev->settings.pure)
		text = trace_getenv(ev, name->bytes);
	return value_new_cstring(ev, text ? text : "");
}

const struct builtin builtin_path_table[] = {
	{
		.name = "pathExists",
		.arity = 1,
		.doc = "pathExists path: is there a file? With a slash at the "
		       "end of a string: is it a folder?",
		.run = path_exists,
		.strict = 1,
	},
	{
		.name = "readFile",
		.arity = 1,
		.doc = "readFile path: what is in the file, as a string.",
		.run = read_file_builtin,
		.strict = 1,
	},
	{
		.name = "readFileType",
		.arity = 1,
		.doc = "readFileType path: \"regular\", \"directory\", "
		       "\"symlink\" or \"unknown\".",
		.run = read_file_type,
		.strict = 1,
	},
	{
		.name = "readDir",
		.arity = 1,
		.doc = "readDir path: the names in a folder, each with its "
		       "type as readFileType gives it.",
		.run = read_dir,
		.strict = 1,
	},
	{
		.name = "findFile",
		.arity = 2,
		.doc = "findFile entries name: where name is in the search "
		       "path; <name> is findFile nixPath \"name\".",
		.run = find_file,
		.strict = 1,
	},
	{
		.name = "path",
		.arity = 1,
		.doc = "path { path, name ?, filter ?, recursive ?, sha256 ? }:"
		       " the store path of a copy of path.",
		.run = path_builtin,
		.strict = 1,
	},
	{
		.name = "filterSource",
		.arity = 2,
		.doc = "filterSource f path: the store path of a copy of path "
		       "without what f, given path and type, says no to.",
		.run = filter_source,
	},
	{
		.name = "toFile",
		.arity = 2,
		.doc = "toFile name s: the store path of a file that holds s.",
		.run = to_file,
		.strict = 3,
	},
	{
		.name = "toPath",
		.arity = 1,
		.doc = "toPath s: s as a canonical path, in a string.",
		.run = to_path,
		.strict = 1,
	},
	{
		.name = "storePath",
		.arity = 1,
		.doc = "storePath path: a path that is in the store already, "
		       "as a string that depends on it.",
		.run = store_path,
	},
	{
		.name = "getEnv",
		.arity = 1,
		.doc = "getEnv s: the environment variable s, \"\" if there is "
		       "none or evaluation is pure.",
		.run = get_env,
		.strict = 1,
	},
	{ .name = NULL },
};
