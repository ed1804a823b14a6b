/*
 * Another source with some files replaced, added or taken away in memory: what
 * a repository would be after a write that is to be checked.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/source_private.h"

struct change {
	struct change *next;
	const char *path;
	const char *bytes; /* NULL: the file is gone */
	size_t len;
	bool executable;
};

struct overlay {
	struct source *below;
	struct change *changes;
};

static struct change *change_at(struct overlay *o, const char *path)
{
	for (struct change *c = o->changes; c; c = c->next)
		if (!strcmp(c->path, path))
			return c;
	return NULL;
}

/* Does an added file lie below the folder? The name of its first step below
 * goes to *name, *len; *file: it is the file itself. */
static bool is_below(const struct change *c, const char *folder,
		     const char **name, size_t *len, bool *file)
{
	size_t skip = folder[1] ? strlen(folder) : 0;

	if (!c->bytes || strncmp(c->path, folder, skip) || c->path[skip] != '/')
		return false;
	*name = c->path + skip + 1;
	*len = strcspn(*name, "/");
	*file = !(*name)[*len];
	return true;
}

static int overlay_stat(struct eval *ev, struct source *source,
			const char *path, struct source_stat *out)
{
	struct overlay *o = source->private;
	struct change *c = change_at(o, path);
	const char *name;
	size_t len;
	bool file;

	*out = (struct source_stat){ .type = SOURCE_MISSING };
	if (c && c->bytes) {
		out->type = SOURCE_REGULAR;
		out->size = c->len;
		out->executable = c->executable;
	}
	if (c)
		return 0;
	for (c = o->changes; c; c = c->next) {
		if (is_below(c, path, &name, &len, &file)) {
			out->type = SOURCE_DIRECTORY;
			return 0;
		}
	}
	return source_stat(ev, o->below, path, out);
}

static int overlay_read(struct eval *ev, struct source *source,
			const char *path, const struct source_stat *st,
			void *(*room)(void *arg, size_t size), void *arg,
			size_t *len)
{
	struct overlay *o = source->private;
	struct change *c = change_at(o, path);
	char *bytes;

	if (!c)
		return o->below->ops->read(ev, o->below, path, st, room, arg,
					   len);
	bytes = room(arg, c->len + 1);
	if (!bytes)
		return -ENOMEM;
	memcpy(bytes, c->bytes, c->len);
	*len = c->len;
	return 0;
}

static int overlay_list(struct eval *ev, struct source *source,
			const char *path,
			int (*add)(void *arg, const char *name, size_t len,
				   enum source_type type),
			void *arg)
{
	struct overlay *o = source->private;
	struct source_entry *entries = NULL;
	char below[4097];
	size_t len = 0;
	int err;

	err = source_list(ev, o->below, path, &entries, &len);
	if (err < 0 && err != -ENOENT)
		return err;
	err = 0;
	for (size_t i = 0; i < len && err == 0; i++) {
		if (snprintf(below, sizeof(below), "%s/%s", path[1] ? path : "",
			     entries[i].name) >= sizeof(below) ||
		    !change_at(o, below))
			err = add(arg, entries[i].name, strlen(entries[i].name),
				  entries[i].type);
	}
	for (struct change *c = o->changes; c && err == 0; c = c->next) {
		const char *name, *other;
		size_t n, m;
		bool file, known = false;

		if (!is_below(c, path, &name, &n, &file))
			continue;
		/* A new folder may hold more than one new file. */
		for (size_t i = 0; !file && i < len && !known; i++)
			known = strlen(entries[i].name) == n &&
				!memcmp(entries[i].name, name, n);
		for (struct change *d = o->changes; !file && d != c && !known;
		     d = d->next)
			known = is_below(d, path, &other, &m, &file) &&
				m == n && !memcmp(other, name, n);
		file = !name[n];
		if (!known)
			err = add(arg, name, n,
				  file ? SOURCE_REGULAR : SOURCE_DIRECTORY);
	}
	return err;
}

static int overlay_readlink(struct eval *ev, struct source *source,
			    const char *path, char *buffer, size_t room)
{
	struct overlay *o = source->private;

	return source_readlink(ev, o->below, path, buffer, room);
}

static bool overlay_blob(struct eval *ev, struct source *source,
			 const char *path, uint8_t *oid)
{
	struct overlay *o = source->private;

	return !change_at(o, path) && o->below->ops->blob &&
	       o->below->ops->blob(ev, o->below, path, oid);
}

static value overlay_missing(struct eval *ev, pos_t pos, struct source *source,
			     const char *path)
{
	struct overlay *o = source->private;

	return source_fail(ev, pos, o->below, path, -ENOENT);
}

static const struct source_ops overlay_ops = {
	.stat = overlay_stat,
	.read = overlay_read,
	.list = overlay_list,
	.readlink = overlay_readlink,
	.blob = overlay_blob,
	.missing = overlay_missing,
};

struct source *source_overlay(struct eval *ev, struct source *below)
{
	struct overlay *o = eval_alloc(ev, sizeof(*o));
	struct source *source;

	if (!o)
		return NULL;
	*o = (struct overlay){ .below = below };
	source = source_new(ev, &overlay_ops, below->label, o);
	if (source)
		source->folder = below->folder;
	return source;
}

int source_overlay_put(struct eval *ev, struct source *source, const char *path,
		       const char *bytes, size_t len, bool executable)
{
	struct overlay *o = source->private;
	struct change *c = change_at(o, path);

	if (!c) {
		c = eval_alloc(ev, sizeof(*c));
		if (!c)
			return -1;
		c->path = arena_strndup(ev->arena, path, strlen(path));
		if (!c->path) {
			eval_fail_memory(ev);
			return -1;
		}
		c->next = o->changes;
		o->changes = c;
	}
	c->bytes = bytes;
	c->len = len;
	c->executable = executable;
	return 0;
}
