/*
 * Submodules: the trees that are in a git tree
 *
 * In a working tree a submodule is what is checked out. In a revision it is
 * the commit that the tree names, looked for in the check-out and in
 * .git/modules; it is not fetched.
 */
#include <git2.h>
#include <limits.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/source_git_private.h"
#include "eval/source_private.h"

struct adding {
	struct eval *ev;
	struct git_repo *repo;
	struct source *source; /* the mounted one */
	unsigned flags;
	int dirty;
};

/* The repository that is checked out at path ("a/b"). NULL, without an error,
 * if none is. */
static struct git_repo *checked_out(struct eval *ev, struct git_repo *repo,
				    const char *path)
{
	const char *folder = git_repository_workdir(repo->git);
	struct git_repo *sub = NULL;
	char text[PATH_MAX];

	if (folder &&
	    snprintf(text, sizeof(text), "%s%s", folder, path) < sizeof(text))
		sub = git_repo_open(ev, text);
	if (!sub)
		eval_clear_error(ev);
	return sub;
}

static int each(struct adding *a,
		int (*visit)(git_submodule *git, const char *name, void *arg))
{
	if (git_submodule_foreach(a->repo->git, visit, a) == 0)
		return 0;
	if (!eval_error(a->ev))
		git_fail(a->ev, "reading the submodules of", a->repo->path);
	return -1;
}

static int add_checked_out(git_submodule *git, const char *name, void *arg)
{
	struct adding *a = arg;
	const char *path = git_submodule_path(git);
	struct git_repo *sub = path ? checked_out(a->ev, a->repo, path) : NULL;
	struct source *source;
	char text[PATH_MAX];

	if (!sub) {
		eval_fail(a->ev, ERROR_FETCH, 0,
			  "submodule '%s' of '%s' is not checked out (git "
			  "submodule update --init)",
			  path ? path : name, a->repo->path);
		return -1;
	}
	source = source_git_workdir(a->ev, sub, a->flags);
	snprintf(text, sizeof(text), "/%s", path);
	return source ? source_mount(a->ev, a->source, text, source) : -1;
}

struct source *source_git_workdir(struct eval *ev, struct git_repo *repo,
				  unsigned flags)
{
	struct source *plain = git_workdir_plain(ev, repo, flags);
	struct adding adding = { .ev = ev, .repo = repo, .flags = flags };

	if (!plain || !(flags & GIT_TREE_SUBMODULES))
		return plain;
	adding.source = source_mounted(ev, plain);
	if (!adding.source || each(&adding, add_checked_out) < 0)
		return NULL;
	return adding.source;
}

static int add_dirty(git_submodule *git, const char *name, void *arg)
{
	struct adding *a = arg;
	const char *path = git_submodule_path(git);
	struct git_repo *sub = path ? checked_out(a->ev, a->repo, path) : NULL;

	if (sub && a->dirty == 0)
		a->dirty = git_repo_is_dirty(a->ev, sub);
	if (sub && a->dirty == 0)
		a->dirty = git_repo_submodules_dirty(a->ev, sub);
	return 0;
}

int git_repo_submodules_dirty(struct eval *ev, struct git_repo *repo)
{
	struct adding adding = { .ev = ev, .repo = repo };

	return each(&adding, add_dirty) < 0 ? -1 : adding.dirty;
}

/* --- of a revision --- */

/* A repository that has the commit. */
static struct git_repo *find_commit(struct adding *a, const char *path,
				    const git_oid *oid)
{
	struct git_repo *sub = checked_out(a->ev, a->repo, path);
	git_object *object = NULL;
	char text[PATH_MAX];
	bool found;

	for (int i = 0; i < 2; i++) {
		found = sub && git_object_lookup(&object, sub->git, oid,
						 GIT_OBJECT_COMMIT) == 0;
		git_object_free(object);
		object = NULL;
		if (found)
			return sub;
		if (i)
			break;
		snprintf(text, sizeof(text), "%.2000s/modules/%.2000s",
			 git_repository_commondir(a->repo->git), path);
		sub = git_repo_open(a->ev, text);
		if (!sub)
			eval_clear_error(a->ev);
	}
	eval_fail(a->ev, ERROR_FETCH, 0,
		  "the commit %s of the submodule '%s' of '%s' is not here "
		  "(git submodule update --init)",
		  git_oid_tostr_s(oid), path, a->repo->path);
	return NULL;
}

static int add_commit(const char *root, const git_tree_entry *entry, void *arg)
{
	struct adding *a = arg;
	char path[PATH_MAX + 1], rev[GIT_REV_LEN + 1];
	struct git_repo *sub;
	struct source *source;

	if (git_tree_entry_filemode(entry) != GIT_FILEMODE_COMMIT)
		return 0;
	if (snprintf(path, sizeof(path), "/%s%s", root,
		     git_tree_entry_name(entry)) >= sizeof(path))
		return -1;
	sub = find_commit(a, path + 1, git_tree_entry_id(entry));
	if (!sub)
		return -1;
	git_oid_tostr(rev, sizeof(rev), git_tree_entry_id(entry));
	source = source_git_revision(a->ev, sub, rev, a->flags);
	if (!source || source_mount(a->ev, a->source, path, source) < 0)
		return -1;
	return 0;
}

struct source *source_git_revision(struct eval *ev, struct git_repo *repo,
				   const char *rev, unsigned flags)
{
	struct source *plain = git_revision_plain(ev, repo, rev, flags);
	struct adding adding = { .ev = ev, .repo = repo, .flags = flags };
	git_object *tree = NULL;
	char spec[GIT_REV_LEN + sizeof("^{tree}")];
	int rc;

	if (!plain || !(flags & GIT_TREE_SUBMODULES))
		return plain;
	adding.source = source_mounted(ev, plain);
	if (!adding.source)
		return NULL;
	snprintf(spec, sizeof(spec), "%.40s^{tree}", rev);
	rc = git_revparse_single(&tree, repo->git, spec);
	if (rc == 0)
		rc = git_tree_walk((git_tree *)tree, GIT_TREEWALK_PRE,
				   add_commit, &adding);
	if (rc < 0 && !eval_error(ev))
		git_fail(ev, "reading the submodules of", repo->path);
	git_object_free(tree);
	return eval_error(ev) ? NULL : adding.source;
}
