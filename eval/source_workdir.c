/*
 * A git working tree as Nix sees it: what the index lists and the working tree
 * has. A folder is there if any such file is in it.
 */
#include <errno.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/source_disk.h"
#include "eval/source_git_private.h"
#include "eval/source_private.h"

struct workdir {
	struct git_repo *repo;
	const char *folder; /* no slash at its end */
	unsigned flags;
};

static const git_index_entry *index_entry(struct workdir *w, const char *path)
{
	const git_index_entry *e;

	/* Stages 1 to 3: it is in conflict, but tracked. */
	for (int stage = 0; stage <= 3; stage++) {
		e = git_index_get_bypath(w->repo->index, path + 1, stage);
		if (e)
			return e->mode == GIT_FILEMODE_COMMIT ? NULL : e;
	}
	return NULL;
}

/* A tracked file's state in the working tree. */
static int file_stat(struct workdir *w, const char *path,
		     struct source_stat *out)
{
	char file[PATH_MAX];
	int err = disk_path(file, w->folder, path);

	if (err == 0)
		err = disk_stat(file, out);
	/* A folder in a tracked file's place holds untracked files only. */
	if (err == 0 && out->type == SOURCE_DIRECTORY)
		out->type = SOURCE_MISSING;
	return err;
}

/* Asked as any other file, so that it is known what the message depends on. */
static bool is_on_disk(struct eval *ev, const char *file)
{
	struct source *machine = source_machine(ev);
	struct source_stat st;

	if (!machine || source_stat(ev, machine, file, &st) < 0) {
		trace_passing(ev);
		return disk_stat(file, &st) == 0 && st.type != SOURCE_MISSING;
	}
	return st.type != SOURCE_MISSING;
}

/* Is a tracked file below folder there? 1, 0 or -errno. */
static int has_files(struct eval *ev, struct workdir *w, const char *folder)
{
	char prefix[PATH_MAX + 1];
	char file[PATH_MAX];
	struct source_stat st;
	size_t at, count = git_index_entrycount(w->repo->index);
	int len, err;

	if (!folder[1])
		return 1;
	len = snprintf(prefix, sizeof(prefix), "%s/", folder);
	if (len >= sizeof(prefix))
		return -ENAMETOOLONG;
	if (git_index_find_prefix(&at, w->repo->index, prefix + 1) < 0)
		return 0;
	for (; at < count; at++) {
		const git_index_entry *e =
			git_index_get_byindex(w->repo->index, at);
		char path[PATH_MAX];

		if (strncmp(e->path, prefix + 1, len - 1))
			return 0;
		if (e->mode == GIT_FILEMODE_COMMIT ||
		    snprintf(path, sizeof(path), "/%s", e->path) >=
			    sizeof(path))
			continue;
		err = file_stat(w, path, &st);
		/* The folder is there as long as the file is: noted. */
		if (disk_path(file, w->folder, path) == 0)
			is_on_disk(ev, file);
		if (err == 0 && st.type != SOURCE_MISSING)
			return 1;
	}
	return 0;
}

static int workdir_stat(struct eval *ev, struct source *source,
			const char *path, struct source_stat *out)
{
	struct workdir *w = source->private;
	char file[PATH_MAX];
	int err;

	*out = (struct source_stat){ .type = SOURCE_DIRECTORY };
	if (!path[1])
		return 0;
	if (w->flags & GIT_TREE_EXPORT_IGNORE &&
	    git_is_export_ignored(w->repo->git, NULL, path)) {
		out->type = SOURCE_MISSING;
		return 0;
	}
	if (index_entry(w, path))
		return file_stat(w, path, out);
	out->type = SOURCE_MISSING;
	err = has_files(ev, w, path);
	if (err <= 0)
		return err;
	err = disk_path(file, w->folder, path);
	if (err == 0)
		err = disk_stat(file, out);
	if (err == 0 && out->type != SOURCE_DIRECTORY)
		out->type = SOURCE_MISSING;
	return err;
}

static int workdir_read(struct eval *ev, struct source *source,
			const char *path, const struct source_stat *st,
			void *(*room)(void *arg, size_t size), void *arg,
			size_t *len)
{
	struct workdir *w = source->private;
	char file[PATH_MAX];
	int err;

	err = disk_path(file, w->folder, path);
	return err < 0 ? err : disk_read(file, st->size, room, arg, len);
}

static int workdir_readlink(struct eval *ev, struct source *source,
			    const char *path, char *buffer, size_t room)
{
	struct workdir *w = source->private;
	char file[PATH_MAX];
	int err;

	err = disk_path(file, w->folder, path);
	return err < 0 ? err : disk_readlink(file, buffer, room);
}

/* What lies in the folder on disk, less what is not tracked. */
struct filter {
	struct eval *ev;
	struct source *source;
	const char *folder;
	int (*add)(void *arg, const char *name, size_t len,
		   enum source_type type);
	void *arg;
};

static int add_tracked(void *arg, const char *name, size_t len,
		       enum source_type type)
{
	struct filter *f = arg;
	struct source_stat st;
	char path[PATH_MAX];
	int err;

	if (snprintf(path, sizeof(path), "%s/%s", f->folder[1] ? f->folder : "",
		     name) >= sizeof(path))
		return 0;
	err = source_stat(f->ev, f->source, path, &st);
	if (err < 0 || st.type == SOURCE_MISSING)
		return err;
	return f->add(f->arg, name, len, st.type);
}

static int workdir_list(struct eval *ev, struct source *source,
			const char *path,
			int (*add)(void *arg, const char *name, size_t len,
				   enum source_type type),
			void *arg)
{
	struct workdir *w = source->private;
	struct filter filter = {
		.ev = ev,
		.source = source,
		.folder = path,
		.add = add,
		.arg = arg,
	};
	char file[PATH_MAX];
	int err;

	err = disk_path(file, w->folder, path);
	return err < 0 ? err : disk_list(file, add_tracked, &filter);
}

static value workdir_missing(struct eval *ev, pos_t pos, struct source *source,
			     const char *path)
{
	struct workdir *w = source->private;
	char file[PATH_MAX];

	while (*path == '/')
		path++;
	if (snprintf(file, sizeof(file), "%s/%s", w->folder, path) <
		    sizeof(file) &&
	    is_on_disk(ev, file))
		return eval_fail(ev, ERROR_IO, pos,
				 "Path '%s' in the repository \"%s\" is not "
				 "tracked by Git.\n\n"
				 "To make it visible to Nix, run:\n\n"
				 "git -C \"%s\" add \"%s\"",
				 path, w->folder, w->folder, path);
	return eval_fail(ev, ERROR_IO, pos,
			 "Path '%s' does not exist in Git repository \"%s\".",
			 path, w->folder);
}

static const struct source_ops workdir_ops = {
	.stat = workdir_stat,
	.read = workdir_read,
	.list = workdir_list,
	.readlink = workdir_readlink,
	.missing = workdir_missing,
};

bool source_is_workdir(const struct source *source)
{
	return source->ops == &workdir_ops;
}

struct source *git_workdir_plain(struct eval *ev, struct git_repo *repo,
				 unsigned flags)
{
	struct workdir *w = eval_alloc(ev, sizeof(*w));
	const char *folder = git_repository_workdir(repo->git);
	struct source *source;
	size_t len;

	if (!w)
		return NULL;
	if (!folder) {
		eval_fail(ev, ERROR_IO, 0,
			  "Git repository '%s' has no working tree",
			  repo->path);
		return NULL;
	}
	if (!repo->index && git_repository_index(&repo->index, repo->git) < 0) {
		git_fail(ev, "reading the index of", repo->path);
		return NULL;
	}
	for (len = strlen(folder); len > 1 && folder[len - 1] == '/'; len--)
		;
	*w = (struct workdir){ .repo = repo, .flags = flags };
	w->folder = arena_strndup(ev->arena, folder, len);
	if (!w->folder) {
		eval_fail_memory(ev);
		return NULL;
	}
	source = source_new(ev, &workdir_ops, w->folder, w);
	if (source)
		source->folder = w->folder;
	/* .gitattributes and .gitmodules say what is in such a tree, and are
	 * not in the trace. */
	if (flags)
		trace_passing(ev);
	return source;
}
