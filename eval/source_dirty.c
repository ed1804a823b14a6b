/*
 * Does a git working tree differ from its last commit?
 *
 * libgit2's status reads every folder and looks at every file, tracked or not,
 * before it says anything. Here tracked files alone are looked at, until one
 * differs; and their bytes only if their times do not vouch for them.
 */
#include <git2.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "eval/eval.h"
#include "eval/source_disk.h"
#include "eval/source_git_private.h"

struct check {
	git_repository *git;
	git_index *index;
	const char *folder;	 /* of the working tree, "/" at its end */
	struct timespec written; /* the index was */
	bool modes;		 /* core.fileMode */
};

static bool same_time(const git_index_time *a, const struct timespec *b)
{
	/* Some writers of indexes know no nanoseconds. */
	return a->seconds == (int32_t)b->tv_sec &&
	       (a->nanoseconds == 0 || a->nanoseconds == (uint32_t)b->tv_nsec);
}

/* A file written in the same moment as the index may have been changed right
 * after it was looked at. */
static bool is_racy(const struct check *c, const struct stat *st)
{
	return st->st_mtim.tv_sec > c->written.tv_sec ||
	       (st->st_mtim.tv_sec == c->written.tv_sec &&
		st->st_mtim.tv_nsec >= c->written.tv_nsec);
}

/* 1, 0 or -1. */
static int is_changed(const struct check *c, const git_index_entry *e)
{
	char file[PATH_MAX];
	struct stat st;
	git_oid oid;
	bool is_link = e->mode == GIT_FILEMODE_LINK;

	if (e->mode == GIT_FILEMODE_COMMIT)
		return 0;
	if (git_index_entry_stage(e) ||
	    e->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD)
		return 1;
	if (e->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE ||
	    e->flags & GIT_INDEX_ENTRY_VALID)
		return 0;
	if (snprintf(file, sizeof(file), "%s%s", c->folder, e->path) >=
		    sizeof(file) ||
	    lstat(file, &st) < 0)
		return 1;
	if (is_link ? !S_ISLNK(st.st_mode) : !S_ISREG(st.st_mode))
		return 1;
	if (!is_link && c->modes &&
	    !(st.st_mode & S_IXUSR) != (e->mode == GIT_FILEMODE_BLOB))
		return 1;
	if (same_time(&e->mtime, &st.st_mtim) &&
	    same_time(&e->ctime, &st.st_ctim) &&
	    e->file_size == (uint32_t)st.st_size &&
	    e->ino == (uint32_t)st.st_ino && !is_racy(c, &st))
		return 0;
	if (is_link) {
		char target[PATH_MAX];

		if (disk_readlink(file, target, sizeof(target)) < 0 ||
		    git_odb_hash(&oid, target, strlen(target),
				 GIT_OBJECT_BLOB) < 0)
			return 1;
	} else if (git_repository_hashfile(&oid, c->git, file, GIT_OBJECT_BLOB,
					   NULL) < 0) {
		return -1;
	}
	return !git_oid_equal(&oid, &e->id);
}

static int workdir_differs(struct check *c)
{
	size_t count = git_index_entrycount(c->index);
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++)
		rc = is_changed(c, git_index_get_byindex(c->index, i));
	return rc;
}

static int first_delta(const git_diff *diff, const git_diff_delta *delta,
		       const char *path, void *arg)
{
	*(bool *)arg = true;
	return -1;
}

static int index_differs(struct check *c)
{
	git_diff_options options = GIT_DIFF_OPTIONS_INIT;
	git_object *tree = NULL;
	git_diff *diff = NULL;
	bool differs = false;
	int rc;

	/* Before the first commit the tree is empty. */
	if (git_revparse_single(&tree, c->git, "HEAD^{tree}") < 0)
		return git_index_entrycount(c->index) > 0;
	options.flags = GIT_DIFF_IGNORE_SUBMODULES;
	options.notify_cb = first_delta;
	options.payload = &differs;
	rc = git_diff_tree_to_index(&diff, c->git, (git_tree *)tree, c->index,
				    &options);
	git_diff_free(diff);
	git_object_free(tree);
	return differs ? 1 : rc < 0 ? -1 : 0;
}

int git_tree_is_dirty(struct git_repository *git, struct git_index *index)
{
	struct check c = { .git = git, .index = index };
	git_config *config = NULL;
	struct stat st;
	int modes = 1, rc;

	c.folder = git_repository_workdir(git);
	if (git_repository_config_snapshot(&config, git) == 0)
		git_config_get_bool(&modes, config, "core.filemode");
	git_config_free(config);
	c.modes = modes;
	if (git_index_path(index) && stat(git_index_path(index), &st) == 0)
		c.written = st.st_mtim;
	rc = c.folder ? workdir_differs(&c) : 0;
	return rc == 0 ? index_differs(&c) : rc;
}

int git_repo_is_dirty(struct eval *ev, struct git_repo *repo)
{
	int rc;

	if (repo->dirty_known)
		return repo->dirty;
	if (!repo->index && git_repository_index(&repo->index, repo->git) < 0) {
		git_fail(ev, "reading the index of", repo->path);
		return -1;
	}
	rc = git_tree_is_dirty(repo->git, repo->index);
	if (rc < 0) {
		git_fail(ev, "getting working directory status of", repo->path);
		return -1;
	}
	repo->dirty = rc;
	repo->dirty_known = true;
	return rc;
}
