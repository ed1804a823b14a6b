/*
 * Submodules: the trees that are in a git tree
 *
 * In a working tree a submodule is what is checked out. In a revision it is
 * the commit that the tree names, looked for in the check-out, in .git/modules
 * and where .gitmodules says. What .gitmodules does not list is none.
 */
#include <git2.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "eval/eval.h"
#include "eval/fetch.h"
#include "eval/source_git_private.h"
#include "eval/source_private.h"

struct adding {
	struct eval *ev;
	struct git_repo *repo;
	struct source *source; /* the mounted one */
	unsigned flags;
	int dirty;
	git_tree *tree;	     /* of the revision */
	git_config *modules; /* its .gitmodules */
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

	if (!git_submodule_url(git))
		return 0; /* .gitmodules knows nothing of it */
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

static bool has_commit(struct git_repo *repo, const git_oid *oid)
{
	git_object *object = NULL;
	bool found = repo && git_object_lookup(&object, repo->git, oid,
					       GIT_OBJECT_COMMIT) == 0;

	git_object_free(object);
	return found;
}

/* Where .gitmodules says that it is: a repository on this disk, or one that is
 * fetched. NULL with the error pending. */
static struct git_repo *fetch_commit(struct adding *a, const char *written,
				     const git_oid *oid)
{
	char rev[GIT_REV_LEN + 1], folder[PATH_MAX];
	struct flake_ref ref = { .dir = "" };
	git_buf resolved = { 0 };
	struct git_repo *sub = NULL;
	const char *path;
	struct url url;

	git_oid_tostr(rev, sizeof(rev), oid);
	/* Relative ones are so to where this repository comes from. */
	if (git_submodule_resolve_url(&resolved, a->repo->git, written) < 0) {
		git_fail(a->ev, "resolving the submodule URL", written);
		goto out;
	}
	if (url_parse_git(a->ev, resolved.ptr, &url) < 0)
		goto out;
	if (!strcmp(url.scheme, "file")) {
		path = url_file_path(a->ev, &url);
		sub = path ? git_repo_open(a->ev, path) : NULL;
		if (sub && !has_commit(sub, oid)) {
			eval_fail(a->ev, ERROR_FETCH, 0,
				  "the repository '%s' lacks the commit %s",
				  path, rev);
			sub = NULL;
		}
		goto out;
	}
	if (flakeref_set_string(
		    a->ev, &ref, "rev",
		    arena_strndup(a->ev->arena, rev, GIT_REV_LEN)) == 0 &&
	    fetch_git(a->ev, &ref, &url, folder) == 0)
		sub = git_repo_open(a->ev, folder);
out:
	git_buf_dispose(&resolved);
	return sub;
}

/* A repository that has the commit: the check-out, what git has of it, or
 * where it comes from. */
static struct git_repo *find_commit(struct adding *a, const char *path,
				    const char *url, const git_oid *oid)
{
	struct git_repo *sub = checked_out(a->ev, a->repo, path);
	char text[PATH_MAX];

	if (has_commit(sub, oid))
		return sub;
	snprintf(text, sizeof(text), "%.2000s/modules/%.2000s",
		 git_repository_commondir(a->repo->git), path);
	sub = git_repo_open(a->ev, text);
	if (has_commit(sub, oid))
		return sub;
	eval_clear_error(a->ev);
	sub = fetch_commit(a, url, oid);
	if (!sub)
		eval_frame(a->ev, 0,
			   "while fetching the submodule '%s' of '%s'", path,
			   a->repo->path);
	return sub;
}

static int add_commit(struct adding *a, const char *path, const char *url)
{
	char mount[PATH_MAX + 1], rev[GIT_REV_LEN + 1];
	git_tree_entry *entry = NULL;
	struct source *source;
	struct git_repo *sub;
	const git_oid *oid;
	int rc = -1;

	if (git_tree_entry_bypath(&entry, a->tree, path) < 0 ||
	    git_tree_entry_filemode(entry) != GIT_FILEMODE_COMMIT) {
		git_tree_entry_free(entry);
		return 0;
	}
	oid = git_tree_entry_id(entry);
	git_oid_tostr(rev, sizeof(rev), oid);
	snprintf(mount, sizeof(mount), "/%.4000s", path);
	sub = find_commit(a, path, url, oid);
	source = sub ? source_git_revision(a->ev, sub, rev, a->flags) : NULL;
	if (source)
		rc = source_mount(a->ev, a->source, mount, source);
	git_tree_entry_free(entry);
	return rc;
}

/* submodule.<name>.path of .gitmodules. */
static int add_listed(const git_config_entry *entry, void *arg)
{
	struct adding *a = arg;
	git_buf url = { 0 };
	char name[PATH_MAX];
	size_t len = strlen(entry->name) - strlen("path");
	int rc = 0;

	if (snprintf(name, sizeof(name), "%.*surl", (int)len, entry->name) <
		    sizeof(name) &&
	    git_config_get_string_buf(&url, a->modules, name) == 0)
		rc = add_commit(a, entry->value, url.ptr);
	git_buf_dispose(&url);
	return rc;
}

/* libgit2 reads configuration from files only. */
static git_config *read_modules(git_tree *tree, git_repository *git)
{
	git_tree_entry *entry = NULL;
	git_config *config = NULL, *snapshot = NULL;
	git_object *blob = NULL;
	char file[64];
	int fd = -1;

	if (git_tree_entry_bypath(&entry, tree, ".gitmodules") < 0 ||
	    git_tree_entry_to_object(&blob, git, entry) < 0 ||
	    git_object_type(blob) != GIT_OBJECT_BLOB)
		goto out;
	fd = memfd_create("gitmodules", MFD_CLOEXEC);
	if (fd < 0 || write(fd, git_blob_rawcontent((git_blob *)blob),
			    git_blob_rawsize((git_blob *)blob)) < 0)
		goto out;
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	/* A snapshot: the file is gone when it is asked. */
	if (git_config_open_ondisk(&config, file) < 0 ||
	    git_config_snapshot(&snapshot, config) < 0)
		snapshot = NULL;
out:
	if (fd >= 0)
		close(fd);
	git_config_free(config);
	git_object_free(blob);
	git_tree_entry_free(entry);
	return snapshot;
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
	adding.tree = (git_tree *)tree;
	adding.modules = rc == 0 ? read_modules(adding.tree, repo->git) : NULL;
	if (adding.modules)
		rc = git_config_foreach_match(adding.modules,
					      "^submodule\\..*\\.path$",
					      add_listed, &adding);
	if (rc < 0 && !eval_error(ev))
		git_fail(ev, "reading the submodules of", repo->path);
	git_config_free(adding.modules);
	git_object_free(tree);
	return eval_error(ev) ? NULL : adding.source;
}
