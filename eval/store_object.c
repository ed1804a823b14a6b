/*
 * store_object.c - reading what was added to the store in memory only
 *
 * An object is a source like others: a tree passes on to the source it was
 * taken from, without what the filter left out; a text is one regular file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/source_private.h"
#include "eval/store_private.h"

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_excluded(const struct store_object *object, const char *path)
{
	return object->nexcluded &&
	       bsearch(&path, object->excluded, object->nexcluded,
		       sizeof(*object->excluded), compare_text);
}

/* Where path of the object is in the source it was taken from. */
static const char *origin_path(struct eval *ev,
			       const struct store_object *object,
			       const char *path)
{
	const struct path *origin = object->origin;
	size_t len = strlen(path);
	char *joined;

	if (origin->len == 1)
		return path;
	if (len == 1)
		return origin->bytes;
	joined = arena_alloc(ev->arena, origin->len + len + 1);
	if (joined) {
		memcpy(joined, origin->bytes, origin->len);
		memcpy(joined + origin->len, path, len + 1);
	}
	return joined;
}

static int object_stat(struct eval *ev, struct source *source, const char *path,
		       struct source_stat *out)
{
	const struct store_object *object = source->private;
	const char *from;

	*out = (struct source_stat){ .type = SOURCE_MISSING };
	if (!object->origin) {
		if (!path[1]) {
			out->type = SOURCE_REGULAR;
			out->size = object->len;
		}
		return 0;
	}
	/* Folders above are known to be there, so to be kept. */
	if (is_excluded(object, path))
		return 0;
	from = origin_path(ev, object, path);
	return from ? source_stat(ev, object->origin->source, from, out)
		    : -ENOMEM;
}

static int object_read(struct eval *ev, struct source *source, const char *path,
		       const struct source_stat *st,
		       void *(*room)(void *arg, size_t size), void *arg,
		       size_t *len)
{
	const struct store_object *object = source->private;
	const char *bytes = object->bytes, *from;
	void *to;
	int err;

	*len = object->len;
	if (object->origin) {
		from = origin_path(ev, object, path);
		if (!from)
			return -ENOMEM;
		err = source_read(ev, object->origin->source, from, &bytes,
				  len);
		if (err < 0)
			return err;
	}
	to = room(arg, *len + 1);
	if (!to)
		return -ENOMEM;
	if (*len)
		memcpy(to, bytes, *len);
	return 0;
}

static int object_list(struct eval *ev, struct source *source, const char *path,
		       int (*add)(void *arg, const char *name, size_t len,
				  enum source_type type),
		       void *arg)
{
	const struct store_object *object = source->private;
	const char *from = origin_path(ev, object, path);
	struct source_entry *entries;
	struct buf inside = BUF_INIT;
	size_t len;
	int err;

	if (!from)
		return -ENOMEM;
	err = source_list(ev, object->origin->source, from, &entries, &len);
	for (size_t i = 0; err == 0 && i < len; i++) {
		buf_reset(&inside);
		if (path[1])
			buf_add_text(&inside, path);
		buf_add_char(&inside, '/');
		buf_add_text(&inside, entries[i].name);
		if (inside.failed)
			err = -ENOMEM;
		else if (!is_excluded(object, inside.data))
			err = add(arg, entries[i].name, strlen(entries[i].name),
				  entries[i].type);
	}
	buf_release(&inside);
	return err;
}

static int object_readlink(struct eval *ev, struct source *source,
			   const char *path, char *buffer, size_t room)
{
	const struct store_object *object = source->private;
	const char *from = origin_path(ev, object, path);

	if (!from)
		return -ENOMEM;
	return source_readlink(ev, object->origin->source, from, buffer, room);
}

static const struct source_ops object_ops = {
	.stat = object_stat,
	.read = object_read,
	.list = object_list,
	.readlink = object_readlink,
};

int store_object_mount(struct eval *ev, struct store_object *object)
{
	struct source *source;

	if (object->source)
		return 0;
	if (object->nexcluded)
		qsort(object->excluded, object->nexcluded,
		      sizeof(*object->excluded), compare_text);
	source =
		source_new(ev, &object_ops, symbol_bytes(object->path), object);
	if (!source ||
	    source_set_store_path(ev, source, symbol_bytes(object->path)) < 0)
		return -1;
	object->source = source;
	return 0;
}

struct store_object *store_object_of(const struct source *source)
{
	return source->ops == &object_ops ? source->private : NULL;
}
