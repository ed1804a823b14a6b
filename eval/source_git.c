#include "eval/source_git.h"

#include <errno.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "eval/eval.h"
#include "eval/source_disk.h"
#include "eval/source_git_private.h"
#include "eval/source_private.h"

value git_fail(struct eval *ev, const char *what, const char *name)
{
	const git_error *e = git_error_last();

	return eval_fail(ev, ERROR_IO, 0,
			 "%s '%s': %s (libgit2 error code = %d)", what, name,
			 e && e->message ? e->message : "unknown git error",
			 e ? e->klass : 0);
}

struct git_repo *git_repo_open(struct eval *ev, const char *path)
{
	/* Extensions that change nothing for who only reads. libgit2 knows of
	 * two and refuses repositories with any other. */
	static const char *extensions[] = { "worktreeconfig", "partialclone",
					    "preciousobjects",
					    "relativeworktrees" };
	static bool started;
	struct source_set *set = source_set_of(ev);
	struct git_repo *repo;

	if (!set)
		return NULL;
	for (repo = set->repos; repo; repo = repo->next)
		if (!strcmp(repo->path, path))
			return repo;
	if (!started) {
		git_libgit2_init();
		/* Nix too reads repositories of other users. */
		git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
		git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions,
				 sizeof(extensions) / sizeof(*extensions));
		started = true;
	}
	repo = eval_alloc(ev, sizeof(*repo));
	if (!repo)
		return NULL;
	memset(repo, 0, sizeof(*repo));
	repo->path = arena_strndup(ev->arena, path, strlen(path));
	if (!repo->path) {
		eval_fail_memory(ev);
		return NULL;
	}
	if (git_repository_open(&repo->git, path)) {
		const git_error *e = git_error_last();

		eval_fail(
			ev, ERROR_IO, 0,
			"opening Git repository \"%s\": %s (libgit2 error code "
			"= %d)",
			path, e ? e->message : "", e ? e->klass : 0);
		return NULL;
	}
	repo->next = set->repos;
	set->repos = repo;
	return repo;
}

void git_repos_release(struct source_set *set)
{
	for (struct git_repo *r = set->repos; r; r = r->next) {
		git_index_free(r->index);
		git_repository_free(r->git);
	}
	if (set->repos)
		git_libgit2_shutdown();
	set->repos = NULL;
}

bool git_repo_is_there(const char *path)
{
	return git_repository_open_ext(NULL, path,
				       GIT_REPOSITORY_OPEN_NO_SEARCH,
				       NULL) != GIT_ENOTFOUND;
}

bool git_repo_is_bare(const struct git_repo *repo)
{
	return git_repository_is_bare(repo->git);
}

bool git_repo_is_shallow(const struct git_repo *repo)
{
	return git_repository_is_shallow(repo->git);
}

int git_repo_head(struct eval *ev, struct git_repo *repo,
		  char rev[GIT_REV_LEN + 1])
{
	git_oid oid;
	int rc = git_reference_name_to_id(&oid, repo->git, "HEAD");

	rev[0] = '\0';
	if (rc == GIT_ENOTFOUND || rc == GIT_EUNBORNBRANCH)
		return 0;
	if (rc < 0) {
		git_fail(ev, "resolving HEAD of", repo->path);
		return -1;
	}
	git_oid_tostr(rev, GIT_REV_LEN + 1, &oid);
	return 0;
}

const char *git_repo_head_ref(struct eval *ev, struct git_repo *repo)
{
	git_reference *head = NULL;
	const char *name = NULL;

	if (git_reference_lookup(&head, repo->git, "HEAD") < 0)
		return NULL;
	if (git_reference_type(head) == GIT_REFERENCE_SYMBOLIC) {
		name = git_reference_symbolic_target(head);
		name = arena_strndup(ev->arena, name, strlen(name));
	}
	git_reference_free(head);
	return name;
}

int git_repo_resolve(struct eval *ev, struct git_repo *repo, const char *name,
		     char rev[GIT_REV_LEN + 1])
{
	git_object *object = NULL, *commit = NULL;
	int rc = -1;

	if (git_revparse_single(&object, repo->git, name) < 0 ||
	    git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0) {
		git_fail(ev, "resolving Git reference", name);
		goto out;
	}
	git_oid_tostr(rev, GIT_REV_LEN + 1, git_object_id(commit));
	trace_resolved(ev, repo->path, name, rev);
	rc = 0;
out:
	git_object_free(commit);
	git_object_free(object);
	return rc;
}

static git_commit *lookup_commit(struct eval *ev, struct git_repo *repo,
				 const char *rev)
{
	git_object *object = NULL, *commit = NULL;
	git_oid oid;

	if (git_oid_fromstr(&oid, rev) < 0 ||
	    git_object_lookup(&object, repo->git, &oid, GIT_OBJECT_ANY) < 0 ||
	    git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0)
		git_fail(ev, "getting Git object", rev);
	git_object_free(object);
	return (git_commit *)commit;
}

int64_t git_repo_time(struct eval *ev, struct git_repo *repo, const char *rev)
{
	git_commit *commit = lookup_commit(ev, repo, rev);
	int64_t t;

	if (!commit)
		return -1;
	t = git_commit_time(commit);
	git_commit_free(commit);
	return t < 0 ? 0 : t;
}

/* As Nix: what is longer is no pointer. */
#define LFS_POINTER_MAX 1024

/* --- a revision --- */

/*
 * A node's data is its struct entry. A folder's git_tree is read when
 * something below it is asked for, and stays.
 */
struct entry {
	git_oid oid;
	git_filemode_t mode;
	git_tree *tree;
	struct entry *next; /* of those with a tree */
};

struct revision {
	struct git_repo *repo;
	git_oid commit;
	unsigned flags;
	struct entry root;
	struct entry *open;
};

/* The tree of a folder; NULL with *err set. */
static git_tree *entry_tree(struct revision *r, struct entry *entry, int *err)
{
	if (entry->tree)
		return entry->tree;
	if (git_tree_lookup(&entry->tree, r->repo->git, &entry->oid) < 0) {
		*err = -EIO;
		return NULL;
	}
	entry->next = r->open;
	r->open = entry;
	return entry->tree;
}

static struct entry *entry_of(struct eval *ev, struct source *source,
			      const char *path, size_t len)
{
	struct revision *r = source->private;
	struct source_node *node;

	if (len <= 1)
		return &r->root;
	node = source_node(ev, source, path, len);
	return node ? node->data : NULL;
}

/* "/" first, as in the tree; for git_attr_*() without it. */
static const char *attribute(git_repository *git, const git_oid *commit,
			     const char *path, const char *name)
{
	git_attr_options options = GIT_ATTR_OPTIONS_INIT;
	const char *found = NULL;

	options.flags = GIT_ATTR_CHECK_INDEX_ONLY | GIT_ATTR_CHECK_NO_SYSTEM;
	if (commit) {
		git_oid_cpy(&options.attr_commit_id, commit);
		options.flags = GIT_ATTR_CHECK_INCLUDE_COMMIT |
				GIT_ATTR_CHECK_NO_SYSTEM;
	}
	if (git_attr_get_ext(&found, git, &options, path + 1, name) < 0)
		return NULL;
	return found;
}

bool git_is_export_ignored(git_repository *git, const git_oid *commit,
			   const char *path)
{
	return GIT_ATTR_IS_TRUE(attribute(git, commit, path, "export-ignore"));
}

static enum source_type type_of_filemode(git_filemode_t mode)
{
	switch (mode) {
	case GIT_FILEMODE_TREE:
	case GIT_FILEMODE_COMMIT: /* a submodule: an empty folder */
		return SOURCE_DIRECTORY;
	case GIT_FILEMODE_LINK:
		return SOURCE_SYMLINK;
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		return SOURCE_REGULAR;
	default:
		return SOURCE_UNKNOWN;
	}
}

static int revision_stat(struct eval *ev, struct source *source,
			 const char *path, struct source_stat *out)
{
	struct revision *r = source->private;
	const char *slash = strrchr(path, '/');
	const git_tree_entry *found = NULL;
	struct source_node *node;
	struct entry *parent, *entry;
	git_tree *tree;
	int err = 0;

	*out = (struct source_stat){ .type = SOURCE_DIRECTORY };
	if (!path[1])
		return 0;
	out->type = SOURCE_MISSING;
	parent = entry_of(ev, source, path, slash - path);
	if (!parent || parent->mode != GIT_FILEMODE_TREE)
		return 0;
	tree = entry_tree(r, parent, &err);
	if (!tree)
		return err;
	found = git_tree_entry_byname(tree, slash + 1);
	if (!found)
		return 0;
	if (r->flags & GIT_TREE_EXPORT_IGNORE &&
	    git_is_export_ignored(r->repo->git, &r->commit, path))
		return 0;
	node = source_node(ev, source, path, strlen(path));
	entry = arena_alloc(ev->arena, sizeof(*entry));
	if (!node || !entry)
		return -ENOMEM;
	entry->tree = NULL;
	entry->mode = git_tree_entry_filemode(found);
	git_oid_cpy(&entry->oid, git_tree_entry_id(found));
	node->data = entry;
	out->type = type_of_filemode(entry->mode);
	out->executable = entry->mode == GIT_FILEMODE_BLOB_EXECUTABLE;
	return 0;
}

/*
 * What a pointer of Git LFS stands for, if the repository has it:
 *
 *     version https://git-lfs.github.com/spec/v1
 *     oid sha256:<64 digits>
 *     size <bytes>
 *
 * 1; 0 if it is no pointer; -EREMOTE if it would have to be fetched.
 */
static int read_large(struct git_repo *repo, const char *pointer, size_t n,
		      void *(*room)(void *arg, size_t size), void *arg,
		      size_t *len)
{
	static const char head[] = "version https://git-lfs.github.com/spec/v1";
	const char *oid = memmem(pointer, n, "oid sha256:", 11);
	char file[PATH_MAX];
	struct source_stat st;
	int err;

	if (n < sizeof(head) || memcmp(pointer, head, sizeof(head) - 1) ||
	    !oid || pointer + n < oid + 11 + 64 ||
	    strspn(oid + 11, "0123456789abcdef") < 64)
		return 0;
	oid += 11;
	if (snprintf(file, sizeof(file), "%s/lfs/objects/%.2s/%.2s/%.64s",
		     git_repository_commondir(repo->git), oid, oid + 2,
		     oid) >= sizeof(file))
		return -ENAMETOOLONG;
	err = disk_stat(file, &st);
	if (err < 0 || st.type != SOURCE_REGULAR)
		return err < 0 ? err : -EREMOTE;
	err = disk_read(file, st.size, room, arg, len);
	return err < 0 ? err : 1;
}

static int revision_read(struct eval *ev, struct source *source,
			 const char *path, const struct source_stat *st,
			 void *(*room)(void *arg, size_t size), void *arg,
			 size_t *len)
{
	struct revision *r = source->private;
	struct entry *entry = entry_of(ev, source, path, strlen(path));
	git_odb_object *object = NULL;
	git_odb *odb = NULL;
	char *bytes;
	int err = 0;

	if (!entry)
		return -ENOENT;
	if (git_repository_odb(&odb, r->repo->git) < 0 ||
	    git_odb_read(&object, odb, &entry->oid) < 0) {
		err = -EIO;
		goto out;
	}
	*len = git_odb_object_size(object);
	if (r->flags & GIT_TREE_LFS && *len < LFS_POINTER_MAX) {
		const char *filter =
			attribute(r->repo->git, &r->commit, path, "filter");

		if (filter && !strcmp(filter, "lfs"))
			err = read_large(r->repo, git_odb_object_data(object),
					 *len, room, arg, len);
		if (err)
			goto out;
	}
	if (*len > SOURCE_FILE_MAX) {
		err = -EFBIG;
		goto out;
	}
	bytes = room(arg, *len + 1);
	if (bytes)
		memcpy(bytes, git_odb_object_data(object), *len);
	else
		err = -ENOMEM;
out:
	git_odb_object_free(object);
	git_odb_free(odb);
	return err > 0 ? 0 : err;
}

static int revision_list(struct eval *ev, struct source *source,
			 const char *path,
			 int (*add)(void *arg, const char *name, size_t len,
				    enum source_type type),
			 void *arg)
{
	struct revision *r = source->private;
	struct entry *entry =
		entry_of(ev, source, path, path[1] ? strlen(path) : 1);
	char below[4097];
	git_tree *tree;
	int err = 0;

	if (!entry)
		return -ENOENT;
	if (entry->mode == GIT_FILEMODE_COMMIT)
		return 0;
	tree = entry_tree(r, entry, &err);
	for (size_t i = 0; tree && err == 0 && i < git_tree_entrycount(tree);
	     i++) {
		const git_tree_entry *e = git_tree_entry_byindex(tree, i);
		const char *name = git_tree_entry_name(e);

		if (r->flags & GIT_TREE_EXPORT_IGNORE) {
			snprintf(below, sizeof(below), "%s/%s",
				 path[1] ? path : "", name);
			if (git_is_export_ignored(r->repo->git, &r->commit,
						  below))
				continue;
		}
		err = add(arg, name, strlen(name),
			  type_of_filemode(git_tree_entry_filemode(e)));
	}
	return err;
}

struct target {
	char *buffer;
	size_t room;
};

static void *target_room(void *arg, size_t size)
{
	struct target *t = arg;

	return size <= t->room ? t->buffer : NULL;
}

static int revision_readlink(struct eval *ev, struct source *source,
			     const char *path, char *buffer, size_t room)
{
	struct target t = { .buffer = buffer, .room = room };
	size_t len;
	int err = revision_read(ev, source, path, NULL, target_room, &t, &len);

	if (err < 0)
		return err;
	if (memchr(buffer, '\0', len))
		return -EINVAL;
	buffer[len] = '\0';
	return 0;
}

static bool revision_blob(struct eval *ev, struct source *source,
			  const char *path, uint8_t *oid)
{
	struct entry *entry = entry_of(ev, source, path, strlen(path));

	if (!entry)
		return false;
	memcpy(oid, entry->oid.id, GIT_OID_RAWSZ);
	return true;
}

static void revision_release(struct source *source)
{
	struct revision *r = source->private;

	for (struct entry *e = r->open; e; e = e->next)
		git_tree_free(e->tree);
	r->open = NULL;
}

static const struct source_ops revision_ops = {
	.stat = revision_stat,
	.read = revision_read,
	.list = revision_list,
	.readlink = revision_readlink,
	.blob = revision_blob,
	.release = revision_release,
};

/* The tree's own hash, and what is left out of it; NULL: no memory for it. */
static const char *revision_identity(struct eval *ev, const struct revision *r)
{
	char tree[GIT_OID_HEXSZ + 1], text[128];

	git_oid_tostr(tree, sizeof(tree), &r->root.oid);
	snprintf(text, sizeof(text), "git-%s-%u", tree, r->flags);
	return arena_strndup(ev->arena, text, strlen(text));
}

struct source *git_revision_plain(struct eval *ev, struct git_repo *repo,
				  const char *rev, unsigned flags)
{
	git_commit *commit = lookup_commit(ev, repo, rev);
	struct revision *r = NULL;
	struct source *source = NULL;
	char label[4200];

	if (!commit)
		return NULL;
	r = eval_alloc(ev, sizeof(*r));
	if (!r)
		goto out;
	r->repo = repo;
	r->flags = flags;
	r->open = NULL;
	r->root.tree = NULL;
	r->root.mode = GIT_FILEMODE_TREE;
	git_oid_cpy(&r->commit, git_commit_id(commit));
	git_oid_cpy(&r->root.oid, git_commit_tree_id(commit));
	snprintf(label, sizeof(label), "git+file://%s?rev=%s", repo->path, rev);
	source = source_new(ev, &revision_ops, label, r);
	if (source)
		source->identity = revision_identity(ev, r);
out:
	git_commit_free(commit);
	return source;
}
