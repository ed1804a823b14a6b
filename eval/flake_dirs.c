#include "eval/flake_dirs.h"

#include <dirent.h>
#include <errno.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>

/* A plain folder may be anything, a home for instance. */
#define FOLDER_DEPTH 6

struct search {
	const char *dir; /* "" or "a/b" */
	int (*add)(void *arg, const char *dir, size_t len);
	void *arg;
	int rc;
};

/* path: of a file in the repository. */
static int consider(struct search *s, const char *path)
{
	static const char name[] = "flake.nix";
	size_t len = strlen(path), dir = strlen(s->dir);
	size_t name_len = sizeof(name) - 1;

	if (len < name_len || strcmp(path + len - name_len, name) != 0 ||
	    (len > name_len && path[len - name_len - 1] != '/'))
		return 0;
	len -= name_len;
	if (len)
		len--; /* the slash */
	if (dir) {
		if (len < dir || memcmp(path, s->dir, dir) != 0 ||
		    (len > dir && path[dir] != '/'))
			return 0;
		path += len > dir ? dir + 1 : dir;
		len -= len > dir ? dir + 1 : dir;
	}
	return s->add(s->arg, path, len);
}

static int from_index(git_repository *repo, struct search *s)
{
	git_index *index = NULL;
	int rc = 0;

	if (git_repository_index(&index, repo) < 0)
		return -EIO;
	for (size_t i = 0; i < git_index_entrycount(index) && rc == 0; i++)
		rc = consider(s, git_index_get_byindex(index, i)->path);
	git_index_free(index);
	return rc;
}

static int tree_entry(const char *root, const git_tree_entry *entry, void *arg)
{
	struct search *s = arg;
	struct buf path = BUF_INIT;

	if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		return 0;
	buf_add_text(&path, root);
	buf_add_text(&path, git_tree_entry_name(entry));
	s->rc = path.failed ? -ENOMEM : consider(s, buf_text(&path));
	buf_release(&path);
	return s->rc ? -1 : 0;
}

static int from_revision(git_repository *repo, const char *rev,
			 struct search *s)
{
	git_object *object = NULL, *tree = NULL;
	int rc = 0;

	if (git_revparse_single(&object, repo, rev) < 0 ||
	    git_object_peel(&tree, object, GIT_OBJECT_TREE) < 0)
		rc = -EIO;
	else if (git_tree_walk((git_tree *)tree, GIT_TREEWALK_PRE, tree_entry,
			       s) < 0)
		rc = s->rc ? s->rc : -EIO;
	git_object_free(tree);
	git_object_free(object);
	return rc;
}

int flake_dirs_git(const char *top, const char *rev, const char *dir,
		   int (*add)(void *arg, const char *dir, size_t len),
		   void *arg)
{
	struct search s = { dir, add, arg, 0 };
	git_repository *repo = NULL;
	int rc;

	git_libgit2_init();
	if (git_repository_open(&repo, top) < 0)
		rc = -EIO;
	else
		rc = rev ? from_revision(repo, rev, &s) : from_index(repo, &s);
	git_repository_free(repo);
	git_libgit2_shutdown();
	return rc;
}

static int from_folder(const char *folder, struct buf *below, int depth,
		       struct search *s)
{
	struct buf full = BUF_INIT;
	struct dirent *entry;
	size_t len = below->len;
	DIR *dir;
	int rc = 0;

	buf_add_format(&full, "%s/%s", folder, buf_text(below));
	dir = full.failed ? NULL : opendir(full.data);
	buf_release(&full);
	if (!dir)
		return 0;
	while (rc == 0 && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (entry->d_type == DT_DIR && depth < FOLDER_DEPTH) {
			if (len)
				buf_add_char(below, '/');
			buf_add_text(below, entry->d_name);
			rc = from_folder(folder, below, depth + 1, s);
			below->len = len;
			if (below->data)
				below->data[len] = '\0';
		} else if (entry->d_type != DT_DIR &&
			   strcmp(entry->d_name, "flake.nix") == 0) {
			rc = s->add(s->arg, buf_text(below), len);
		}
	}
	closedir(dir);
	return rc;
}

int flake_dirs_folder(const char *folder,
		      int (*add)(void *arg, const char *dir, size_t len),
		      void *arg)
{
	struct search s = { "", add, arg, 0 };
	struct buf below = BUF_INIT;
	int rc = from_folder(folder, &below, 0, &s);

	buf_release(&below);
	return rc;
}
