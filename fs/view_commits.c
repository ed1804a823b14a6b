/*
 * view_commits.c - commits/<rev>: the tree at any revision
 *
 * A commit's full id is a folder, and never changes. Anything else that names a
 * commit (a branch, a tag, a short id, HEAD~3) is a link to it, asked anew each
 * time. Branches and tags are listed; a slash in a name is %2F as everywhere.
 */
#include "fs/view.h"

#include <errno.h>
#include <string.h>

#include "fs/name.h"
#include "fs/repo.h"

static int open_repository(struct tree *tree, git_repository **repo)
{
	const struct wire_text *text = &tree->config.workers.start.repository;
	struct buf folder = BUF_INIT;
	int err;

	buf_add(&folder, text->bytes, text->len);
	err = folder.failed ? -ENOMEM
			    : repo_open(buf_text(&folder), repo, NULL);
	buf_release(&folder);
	return err;
}

/* The commit that a name means; -ENOENT if none. */
static int resolve(struct tree *tree, const char *name,
		   char id[GIT_OID_HEXSZ + 1])
{
	git_repository *repo;
	git_object *object = NULL, *commit = NULL;
	int err = open_repository(tree, &repo);

	if (err < 0)
		return err;
	if (git_revparse_single(&object, repo, name) < 0 ||
	    git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0)
		err = -ENOENT;
	else
		git_oid_tostr(id, GIT_OID_HEXSZ + 1, git_object_id(commit));
	git_object_free(commit);
	git_object_free(object);
	git_repository_free(repo);
	return err;
}

static int commits_lookup(struct tree *tree, struct node *dir, const char *name,
			  size_t len, struct cancel *cancel,
			  struct found *found)
{
	char id[GIT_OID_HEXSZ + 1];
	int err = 0;

	if (name_decode(name, len, &found->raw) != NAME_PLAIN)
		return -ENOENT;
	err = resolve(tree, buf_text(&found->raw), id);
	if (err < 0)
		return err;
	if (strcmp(buf_text(&found->raw), id) != 0) {
		found->init.kind = NODE_LINK;
		found->init.flags = NODE_DYNAMIC;
		found->init.view = &view_commits;
		found->target = bytes_new(id, GIT_OID_HEXSZ);
		return found->target ? 0 : -ENOMEM;
	}
	found->init.kind = NODE_DIRECTORY;
	found->init.view = &view_root;
	found->init.site = tree_site(tree, WIRE_REPOSITORY, "", 0, id);
	return found->init.site ? 0 : -ENOMEM;
}

struct listed {
	struct listing_builder *out;
};

/* "refs/heads/main" is listed as main, "refs/tags/v1" as v1. */
static int add_ref(const char *name, void *arg)
{
	static const char *const kinds[] = { "refs/heads/", "refs/tags/" };
	struct listed *listed = arg;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t len = strlen(kinds[i]);

		if (strncmp(name, kinds[i], len) == 0)
			listing_add(listed->out, name + len, strlen(name + len),
				    NODE_LINK, NODE_DYNAMIC);
	}
	return 0;
}

static int commits_list(struct tree *tree, struct node *dir,
			struct cancel *cancel, struct listing_builder *out,
			uint64_t *epoch)
{
	struct listed listed = { out };
	git_repository *repo;
	int err = open_repository(tree, &repo);

	*epoch = 1;
	if (err == -ENOENT)
		return 0; /* not under git: there are none */
	if (err < 0)
		return err;
	listing_add(out, "HEAD", 4, NODE_LINK, NODE_DYNAMIC);
	if (git_reference_foreach_name(repo, add_ref, &listed) < 0)
		err = -EIO;
	git_repository_free(repo);
	return err;
}

const struct view view_commits = { commits_lookup, commits_list, NULL };
