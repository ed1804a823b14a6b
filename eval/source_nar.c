/* The NAR of a source's file or folder: what nar.h asks of a tree. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/buf.h"
#include "eval/eval.h"
#include "eval/fetch.h"
#include "eval/nar.h"
#include "eval/source_private.h"

struct tree {
	struct eval *ev;
	struct source *source;
	const char *base; /* "" or "/a": what the archive's root is */
	const struct source_filter *filter; /* NULL: keep all */
	struct buf path;
	char *bytes; /* of the file that is being read; room of them */
	size_t room;
};

/* Paths of the archive are relative ("" or "a/b"). */
static const char *full_path(struct tree *t, const char *path)
{
	buf_reset(&t->path);
	buf_add_text(&t->path, t->base);
	if (*path) {
		buf_add_char(&t->path, '/');
		buf_add_text(&t->path, path);
	}
	return t->path.len ? t->path.data : "/";
}

static int failed(struct tree *t, const char *path, int err, struct buf *out)
{
	source_fail(t->ev, 0, t->source, full_path(t, path), err);
	buf_fail(out, "%s", eval_error(t->ev)->message);
	eval_clear_error(t->ev);
	return -1;
}

static enum nar_kind kind_of(enum source_type type)
{
	switch (type) {
	case SOURCE_REGULAR:
		return NAR_REGULAR;
	case SOURCE_DIRECTORY:
		return NAR_DIRECTORY;
	case SOURCE_SYMLINK:
		return NAR_SYMLINK;
	default:
		return NAR_UNKNOWN;
	}
}

static int tree_stat(void *ctx, const char *path, struct nar_node *node,
		     struct buf *err)
{
	struct tree *t = ctx;
	struct source_stat st;
	int rc = source_stat(t->ev, t->source, full_path(t, path), &st);

	if (rc == 0 && st.type == SOURCE_MISSING)
		rc = -ENOENT;
	if (rc < 0)
		return failed(t, path, rc, err);
	node->kind = kind_of(st.type);
	node->executable = st.executable;
	return 0;
}

static int tree_read(void *ctx, const char *path, struct nar_writer *out,
		     struct buf *err)
{
	struct tree *t = ctx;
	const char *bytes;
	size_t len;
	int rc = source_read_once(t->ev, t->source, full_path(t, path),
				  &t->bytes, &t->room, &bytes, &len);

	if (rc < 0)
		return failed(t, path, rc, err);
	nar_file_begin(out, len);
	return nar_file_add(out, bytes, len);
}

static int tree_list(void *ctx, const char *path, struct nar_dir *out,
		     struct buf *err)
{
	struct tree *t = ctx;
	struct source_entry *entries;
	size_t len;
	int rc = source_list(t->ev, t->source, full_path(t, path), &entries,
			     &len);

	if (rc < 0)
		return failed(t, path, rc, err);
	for (size_t i = 0; i < len; i++)
		nar_dir_add(out, entries[i].name, strlen(entries[i].name),
			    NULL);
	return 0;
}

static int tree_readlink(void *ctx, const char *path, struct buf *target,
			 struct buf *err)
{
	struct tree *t = ctx;
	char text[4097];
	int rc = source_readlink(t->ev, t->source, full_path(t, path), text,
				 sizeof(text));

	if (rc < 0)
		return failed(t, path, rc, err);
	buf_add_text(target, text);
	return 0;
}

static const char *tree_show(void *ctx, const char *path)
{
	struct tree *t = ctx;
	struct buf text = BUF_INIT;
	const char *copy;

	buf_add_text(&text, t->source->prefix);
	buf_add_text(&text, full_path(t, path));
	copy = arena_strndup(t->ev->arena, buf_text(&text), text.len);
	buf_release(&text);
	return copy ? copy : path;
}

static int tree_filter(void *ctx, const char *path, const struct nar_node *node,
		       struct buf *err)
{
	static const enum source_type types[] = {
		[NAR_UNKNOWN] = SOURCE_UNKNOWN,
		[NAR_REGULAR] = SOURCE_REGULAR,
		[NAR_DIRECTORY] = SOURCE_DIRECTORY,
		[NAR_SYMLINK] = SOURCE_SYMLINK,
	};
	struct tree *t = ctx;

	return t->filter->keep(t->filter->ctx, full_path(t, path),
			       types[node->kind], err);
}

static struct nar_source nar_of(struct tree *tree)
{
	return (struct nar_source){
		.stat = tree_stat,
		.read = tree_read,
		.list = tree_list,
		.readlink = tree_readlink,
		.filter = tree->filter ? tree_filter : NULL,
		.show = tree_show,
		.ctx = tree,
	};
}

int source_nar_write(struct eval *ev, struct source *source, const char *path,
		     int (*write)(void *arg, const void *bytes, size_t n),
		     void *arg, struct buf *err)
{
	struct tree tree = {
		.ev = ev,
		.source = source,
		.base = path[1] ? path : "",
	};
	struct nar_source nar = nar_of(&tree);
	int rc = nar_write(&nar, write, arg, err);

	buf_release(&tree.path);
	free(tree.bytes);
	return rc;
}

int source_nar_hash(struct eval *ev, struct source *source, const char *path,
		    const struct source_filter *filter, struct hash *hash,
		    struct buf *err)
{
	struct tree tree = {
		.ev = ev,
		.source = source,
		.base = path[1] ? path : "",
		.filter = filter,
	};
	struct nar_source nar = nar_of(&tree);
	bool whole = source->identity && !path[1] && !filter;
	int rc;

	if (whole && fetch_known_hash(ev, source->identity, hash))
		return 0;
	rc = nar_hash(&nar, HASH_SHA256, hash, NULL, err);
	if (whole && rc == 0)
		fetch_keep_hash(ev, source->identity, hash);
	buf_release(&tree.path);
	free(tree.bytes);
	return rc;
}
