/*
 * import.c - import and scopedImport
 *
 * A file is parsed and evaluated once: its value is kept under the path that
 * the given one resolves to. Nix's rules for that: a symbolic link in the last
 * step is followed, so that relative paths in the file start from where it
 * really is; then a folder stands for its default.nix.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "eval/buf.h"
#include "eval/derivation.h"
#include "eval/file.h"
#include "eval/image.h"
#include "eval/import.h"
#include "eval/interp.h"
#include "eval/read.h"
#include "eval/source.h"
#include "eval/trace.h"

#define LINKS_MAX 1024 /* as Nix */

/* Where a path leads, or what a resolved path's file evaluates to. */
struct import_entry {
	struct path *path; /* NULL: free */
	struct path *resolved;
	value cell; /* of a resolved path: a thunk or its value */
};

struct import_table {
	struct import_entry *entries;
	size_t len, room; /* room: a power of 2 */
};

static size_t path_hash(const struct path *path)
{
	return XXH3_64bits_withSeed(path->bytes, path->len,
				    (uintptr_t)path->source);
}

static struct import_entry *entry_slot(struct import_entry *entries,
				       size_t room, const struct path *path)
{
	size_t slot = path_hash(path) & (room - 1);

	for (; entries[slot].path; slot = (slot + 1) & (room - 1)) {
		const struct path *old = entries[slot].path;

		if (old->source == path->source && old->len == path->len &&
		    memcmp(old->bytes, path->bytes, path->len) == 0)
			break;
	}
	return &entries[slot];
}

static bool table_grow(struct import_table *table)
{
	size_t room = table->room ? table->room * 2 : 1024;
	struct import_entry *entries = calloc(room, sizeof(*entries));

	if (!entries)
		return false;
	for (size_t i = 0; i < table->room; i++)
		if (table->entries[i].path)
			*entry_slot(entries, room, table->entries[i].path) =
				table->entries[i];
	free(table->entries);
	table->entries = entries;
	table->room = room;
	return true;
}

/* The entry of path, made if there is none; NULL with the error pending. It
 * moves when another is made. */
static struct import_entry *entry_of(struct eval *ev, struct path *path)
{
	struct import_table *table = ev->imports;
	struct import_entry *entry;

	if (!table)
		table = ev->imports = calloc(1, sizeof(*table));
	if (!table || (table->len >= table->room / 2 && !table_grow(table))) {
		eval_fail_memory(ev);
		return NULL;
	}
	entry = entry_slot(table->entries, table->room, path);
	if (!entry->path) {
		*entry = (struct import_entry){ .path = path };
		table->len++;
	}
	return entry;
}

static struct path *fail_path(struct eval *ev, const char *format,
			      const struct path *path)
	__attribute__((format(printf, 2, 0)));

static struct path *fail_path(struct eval *ev, const char *format,
			      const struct path *path)
{
	const char *text = source_show(ev, path);

	if (text)
		eval_fail(ev, ERROR_IO, 0, format, text);
	return NULL;
}

/* What is at path; -1 with the error pending if nothing is. */
static int look(struct eval *ev, const struct path *path,
		struct source_stat *stat)
{
	int err = source_stat(ev, path->source, path->bytes, stat);

	if (err == 0 && stat->type == SOURCE_MISSING)
		err = -ENOENT;
	if (err < 0)
		source_fail(ev, 0, path->source, path->bytes, err);
	return err < 0 ? -1 : 0;
}

/* Follow links in the last step. */
static struct path *follow(struct eval *ev, struct path *path)
{
	char target[4096];

	for (int links = 0; path->len > 1; links++) {
		struct source_stat stat;
		struct path *real, *parent;
		const char *slash;
		int len;

		if (links >= LINKS_MAX)
			return fail_path(ev,
					 "too many symbolic links encountered "
					 "while traversing the path '%s'",
					 path);
		real = source_resolve(ev, path, false);
		if (!real)
			return NULL;
		if (look(ev, real, &stat) < 0)
			return NULL;
		if (stat.type != SOURCE_SYMLINK)
			break;
		len = source_readlink(ev, real->source, real->bytes, target,
				      sizeof(target));
		if (len < 0)
			return fail_path(ev, "reading symbolic link '%s'",
					 real);
		slash = strrchr(path->bytes, '/');
		parent = eval_alloc(ev, sizeof(*parent) + path->len + 1);
		if (!parent)
			return NULL;
		parent->source = path->source;
		parent->len = slash - path->bytes;
		memcpy(parent->bytes, path->bytes, parent->len);
		parent->bytes[parent->len] = '\0';
		path = target[0] == '/'
			       ? source_path(ev, target, strlen(target))
			       : source_join(ev, parent, target,
					     strlen(target));
		if (!path)
			return NULL;
	}
	return path;
}

struct path *import_resolve(struct eval *ev, struct path *path)
{
	struct source_stat stat;
	struct path *real;

	path = follow(ev, path);
	real = path ? source_resolve(ev, path, true) : NULL;
	if (!real)
		return NULL;
	if (look(ev, real, &stat) < 0)
		return NULL;
	if (stat.type == SOURCE_DIRECTORY)
		return source_join(ev, path, "default.nix",
				   strlen("default.nix"));
	return path;
}

struct file *import_text(struct eval *ev, struct path *path, const char *text,
			 size_t len, const struct shape *scope)
{
	const char *name = source_show(ev, path);
	const char *slash = strrchr(path->bytes, '/');
	struct path *folder = eval_alloc(ev, sizeof(*folder) + path->len + 1);
	struct file *file;

	if (!name || !folder)
		return NULL;
	folder->source = path->source;
	folder->len = slash > path->bytes ? slash - path->bytes : 1;
	memcpy(folder->bytes, path->bytes, folder->len);
	folder->bytes[folder->len] = '\0';
	file = file_parse(ev, text, len, path, folder, name, scope);
	return file && file->expr ? file : NULL;
}

struct file *import_parse(struct eval *ev, struct path *path,
			  const struct shape *scope)
{
	struct path *real = source_resolve(ev, path, true);
	struct file *file = NULL;
	const char *text;
	size_t len;

	if (!real || read_file(ev, real, &text, &len) < 0)
		return NULL;
	if (!scope)
		file = image_file(ev, path, text);
	return file ? file : import_text(ev, path, text, len, scope);
}

/* The value of the file at a resolved path. */
static value evaluate_file(struct eval *ev, struct path *path)
{
	struct import_entry *entry = entry_of(ev, path);
	struct file *file;
	struct thunk *thunk;
	const char *name;
	value cell, v;

	if (!entry)
		return 0;
	if (!entry->cell) {
		file = import_parse(ev, path, NULL);
		if (!file)
			return 0;
		trace_imported(ev, path);
		cell = value_new_thunk(ev, file->expr, NULL);
		entry = entry_of(ev, path);
		if (!cell || !entry)
			return 0;
		entry->cell = cell;
	}
	if (!value_is_thunk(entry->cell))
		return entry->cell;
	thunk = value_pointer(entry->cell);
	if ((thunk->code & 7) != THUNK_CODE)
		return thunk_force(ev, thunk, 0);
	v = thunk_force(ev, thunk, 0);
	if (!v) {
		name = source_show(ev, path);
		if (name)
			eval_frame(ev, 0,
				   "while evaluating the file '%s':", name);
	}
	return v;
}

value eval_file(struct eval *ev, struct path *path)
{
	struct import_entry *entry = entry_of(ev, path);
	struct path *resolved;

	if (!entry)
		return 0;
	resolved = entry->resolved;
	if (!resolved) {
		resolved = import_resolve(ev, path);
		entry = resolved ? entry_of(ev, path) : NULL;
		if (!entry)
			return 0;
		entry->resolved = resolved;
	}
	return evaluate_file(ev, resolved);
}

static value import(struct eval *ev, pos_t pos, value *args)
{
	struct path *path = read_path(ev, &args[0], READ_LINKS_NOT);

	if (!path)
		return 0;
	return derivation_is_file(ev, path) ? derivation_import(ev, path)
					    : eval_file(ev, path);
}

static value scoped_import(struct eval *ev, pos_t pos, value *args)
{
	struct path *path = read_path(ev, &args[1], READ_LINKS_NOT);
	struct attrs *scope;
	struct file *file;
	struct env *env;
	size_t len;

	if (!path)
		return 0;
	if (derivation_is_file(ev, path))
		return derivation_import(ev, path);
	scope = eval_attrs(ev, &args[0], pos,
			   "while evaluating the first argument passed to "
			   "builtins.scopedImport");
	scope = scope ? attrs_flat(ev, scope) : NULL;
	path = scope ? import_resolve(ev, path) : NULL;
	file = path ? import_parse(ev, path, scope->shape) : NULL;
	if (!file)
		return 0;
	len = shape_len(scope->shape);
	env = eval_alloc(ev, sizeof(*env) + len * sizeof(value));
	if (!env)
		return 0;
	env->up = NULL;
	memcpy(env->slots, scope->values, len * sizeof(value));
	return eval_expr(ev, file->expr, env);
}

const struct builtin builtin_import_table[] = {
	{
		.name = "import",
		.arity = 1,
		.flags = BUILTIN_GLOBAL,
		.doc = "import path: what the Nix file at path evaluates to; "
		       "of "
		       "a folder, its default.nix. A file is evaluated once.",
		.run = import,
		.strict = 1,
	},
	{
		.name = "scopedImport",
		.arity = 2,
		.flags = BUILTIN_GLOBAL,
		.doc = "scopedImport scope path: like import, with the "
		       "attributes of scope as variables in the file. The "
		       "file is evaluated each time.",
		.run = scoped_import,
	},
	{ .name = NULL },
};
