/*
 * Another source with further sources in some of its folders: a git tree with
 * those of its submodules.
 */
#include <errno.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/source_private.h"

struct mount {
	struct mount *next;
	const char *path; /* "/a/b" */
	struct source *source;
};

struct mounted {
	struct source *below;
	struct mount *mounts;
};

/* The source that path is in, and the path in it. */
static struct source *source_at(struct mounted *m, const char *path,
				const char **inner)
{
	for (struct mount *s = m->mounts; s; s = s->next) {
		size_t len = strlen(s->path);

		if (!strncmp(path, s->path, len) &&
		    (!path[len] || path[len] == '/')) {
			*inner = path[len] ? path + len : "/";
			return s->source;
		}
	}
	*inner = path;
	return m->below;
}

/* The next step from folder to the mount; 0: it is not below folder. */
static size_t step_to(const struct mount *mount, const char *folder,
		      const char **step)
{
	size_t len = folder[1] ? strlen(folder) : 0;

	if (strncmp(mount->path, folder, len) || mount->path[len] != '/')
		return 0;
	*step = mount->path + len + 1;
	return strcspn(*step, "/");
}

static int mounted_stat(struct eval *ev, struct source *source,
			const char *path, struct source_stat *out)
{
	struct mounted *m = source->private;
	const char *inner, *step;
	struct source *at = source_at(m, path, &inner);
	int err = source_stat(ev, at, inner, out);

	if (err < 0 || out->type != SOURCE_MISSING)
		return err;
	for (struct mount *s = m->mounts; s; s = s->next)
		if (step_to(s, path, &step))
			*out = (struct source_stat){ .type = SOURCE_DIRECTORY };
	return 0;
}

static int mounted_read(struct eval *ev, struct source *source,
			const char *path, const struct source_stat *st,
			void *(*room)(void *arg, size_t size), void *arg,
			size_t *len)
{
	const char *inner;
	struct source *at = source_at(source->private, path, &inner);

	return at->ops->read(ev, at, inner, st, room, arg, len);
}

static int mounted_list(struct eval *ev, struct source *source,
			const char *path,
			int (*add)(void *arg, const char *name, size_t len,
				   enum source_type type),
			void *arg)
{
	struct mounted *m = source->private;
	const char *inner, *step, *other;
	struct source *at = source_at(m, path, &inner);
	struct source_entry *entries = NULL;
	size_t len = 0;
	int err = source_list(ev, at, inner, &entries, &len);

	if (err < 0 && (err != -ENOENT || at != m->below))
		return err;
	err = 0;
	for (size_t i = 0; i < len && err == 0; i++)
		err = add(arg, entries[i].name, strlen(entries[i].name),
			  entries[i].type);
	for (struct mount *s = m->mounts; s && at == m->below && err == 0;
	     s = s->next) {
		size_t n = step_to(s, path, &step);
		bool known = n == 0;

		for (size_t i = 0; i < len && !known; i++)
			known = strlen(entries[i].name) == n &&
				!memcmp(entries[i].name, step, n);
		for (struct mount *t = m->mounts; t != s && !known; t = t->next)
			known = step_to(t, path, &other) == n &&
				!memcmp(other, step, n);
		if (!known)
			err = add(arg, step, n, SOURCE_DIRECTORY);
	}
	return err;
}

static int mounted_readlink(struct eval *ev, struct source *source,
			    const char *path, char *buffer, size_t room)
{
	const char *inner;
	struct source *at = source_at(source->private, path, &inner);

	return at->ops->readlink(ev, at, inner, buffer, room);
}

static bool mounted_blob(struct eval *ev, struct source *source,
			 const char *path, uint8_t *oid)
{
	const char *inner;
	struct source *at = source_at(source->private, path, &inner);

	return at->ops->blob && at->ops->blob(ev, at, inner, oid);
}

static value mounted_missing(struct eval *ev, pos_t pos, struct source *source,
			     const char *path)
{
	const char *inner;
	struct source *at =
		source_at(source->private, *path ? path : "/", &inner);

	return source_fail(ev, pos, at, inner, -ENOENT);
}

static const struct source_ops mounted_ops = {
	.stat = mounted_stat,
	.read = mounted_read,
	.list = mounted_list,
	.readlink = mounted_readlink,
	.blob = mounted_blob,
	.missing = mounted_missing,
};

struct source *source_mounted(struct eval *ev, struct source *below)
{
	struct mounted *m = eval_alloc(ev, sizeof(*m));
	struct source *source;

	if (!m)
		return NULL;
	*m = (struct mounted){ .below = below };
	source = source_new(ev, &mounted_ops, below->label, m);
	/* On disk, too, a submodule is in the folder of its name. */
	if (source)
		source->folder = below->folder;
	return source;
}

int source_mount(struct eval *ev, struct source *source, const char *path,
		 struct source *inner)
{
	struct mounted *m = source->private;
	struct mount *mount = eval_alloc(ev, sizeof(*mount));

	if (!mount)
		return -1;
	mount->path = arena_strndup(ev->arena, path, strlen(path));
	if (!mount->path) {
		eval_fail_memory(ev);
		return -1;
	}
	mount->source = inner;
	mount->next = m->mounts;
	m->mounts = mount;
	return 0;
}
