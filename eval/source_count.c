/* How many commits a revision is made of, in shallow clones too. */
#include <errno.h>
#include <git2.h>
#include <search.h>
#include <stdlib.h>

#include "eval/eval.h"
#include "eval/source_git_private.h"

struct found {
	git_oid oid;
	struct found *next; /* to be visited */
};

static int compare_found(const void *a, const void *b)
{
	return git_oid_cmp(&((const struct found *)a)->oid,
			   &((const struct found *)b)->oid);
}

/* Add oid to the tree of those that were found, and to the list of those to
 * visit. 1 if it was there, -ENOMEM. */
static int add_found(void **tree, struct found **list, const git_oid *oid)
{
	struct found *new = malloc(sizeof(*new)), **node;

	if (!new)
		return -ENOMEM;
	git_oid_cpy(&new->oid, oid);
	node = tsearch(new, tree, compare_found);
	if (!node || *node != new) {
		free(new);
		return node ? 1 : -ENOMEM;
	}
	new->next = *list;
	*list = new;
	return 0;
}

/* libgit2 1.5 does not know that a shallow clone's last commits have parents
 * that are not there, and its walk ends with an error. */
static int64_t count_shallow(struct git_repo *repo, const git_oid *start)
{
	struct found *list = NULL;
	void *tree = NULL;
	int64_t count = 0;
	git_odb *odb = NULL;
	int rc;

	rc = git_repository_odb(&odb, repo->git);
	if (rc == 0)
		rc = add_found(&tree, &list, start);
	while (rc >= 0 && list) {
		git_commit *commit = NULL;

		rc = git_commit_lookup(&commit, repo->git, &list->oid);
		list = list->next;
		count++;
		for (unsigned i = 0;
		     rc >= 0 && i < git_commit_parentcount(commit); i++) {
			const git_oid *up = git_commit_parent_id(commit, i);

			if (git_odb_exists(odb, up))
				rc = add_found(&tree, &list, up);
		}
		git_commit_free(commit);
	}
	git_odb_free(odb);
	tdestroy(tree, free);
	return rc < 0 ? -1 : count;
}

int64_t git_repo_count(struct eval *ev, struct git_repo *repo, const char *rev)
{
	git_revwalk *walk = NULL;
	int64_t count = -1;
	git_oid oid;
	int rc;

	if (git_oid_fromstr(&oid, rev) == 0 && git_repo_is_shallow(repo)) {
		count = count_shallow(repo, &oid);
		if (count < 0)
			git_fail(ev, "counting the commits of", rev);
		return count;
	}
	if (git_oid_fromstr(&oid, rev) < 0 ||
	    git_revwalk_new(&walk, repo->git) < 0 ||
	    git_revwalk_push(walk, &oid) < 0) {
		git_fail(ev, "getting Git object", rev);
		goto out;
	}
	count = 0;
	while ((rc = git_revwalk_next(&oid, walk)) == 0)
		count++;
	if (rc != GIT_ITEROVER) {
		count = -1;
		git_fail(ev, "counting the commits of", rev);
	}
out:
	git_revwalk_free(walk);
	return count;
}
