/*
 * repo.c - what the daemon itself wants to know of the git repository
 */
#include "fs/repo.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static int open_failed(const char *folder, int code, struct buf *why)
{
	const git_error *error = git_error_last();
	const char *message = error ? error->message : "unknown";

	if (code == GIT_ENOTFOUND && !strstr(message, "safe.directory")) {
		if (why)
			buf_add_format(why,
				       "error: %s is not in a git repository\n",
				       folder);
		return -ENOENT;
	}
	/* libgit2 1.5 says this in two ways, one of them only by accident. */
	if (code == GIT_EOWNER || strstr(message, "safe.directory") ||
	    strstr(message, "not owned by")) {
		if (why)
			buf_add_format(
				why,
				"error: the repository %s belongs to another "
				"user; `git config --global --add "
				"safe.directory %s` allows it\n",
				folder, folder);
		return -EACCES;
	}
	if (why)
		buf_add_format(why,
			       "error: libgit2 can't use the repository %s: "
			       "%s\n",
			       folder, message);
	return -ENOTSUP;
}

int repo_open(const char *folder, git_repository **repo, struct buf *why)
{
	int code;

	git_libgit2_init();
	code = git_repository_open_ext(repo, folder, 0, NULL);
	if (code == 0)
		return 0;
	*repo = NULL;
	return open_failed(folder, code, why);
}

int repo_prefix(git_repository *repo, const char *folder, struct buf *prefix)
{
	const char *workdir = git_repository_workdir(repo);
	char *real_folder, *real_workdir;
	size_t len;
	int err = 0;

	buf_reset(prefix);
	if (!workdir)
		return 0; /* bare: the folder is the repository */
	real_folder = realpath(folder, NULL);
	real_workdir = realpath(workdir, NULL);
	if (!real_folder || !real_workdir) {
		err = -errno;
		goto out;
	}
	len = strlen(real_workdir);
	if (strncmp(real_folder, real_workdir, len) != 0) {
		err = -ENOENT;
		goto out;
	}
	if (real_folder[len] == '/') {
		buf_add_text(prefix, real_folder + len + 1);
		buf_add_char(prefix, '/');
	}
	if (prefix->failed)
		err = -ENOMEM;
out:
	free(real_folder);
	free(real_workdir);
	return err;
}

int repo_head(const char *folder, struct repo_head *head)
{
	git_repository *repo;
	git_reference *ref = NULL;
	git_commit *commit = NULL;
	int err;

	*head = (struct repo_head){ .id = "" };
	err = repo_open(folder, &repo, NULL);
	if (err < 0)
		return err;
	head->bare = git_repository_is_bare(repo);
	if (git_repository_head(&ref, repo) == 0 &&
	    git_reference_peel((git_object **)&commit, ref,
			       GIT_OBJECT_COMMIT) == 0) {
		git_oid_tostr(head->id, sizeof(head->id),
			      git_commit_id(commit));
		head->time = git_commit_time(commit);
	}
	git_commit_free(commit);
	git_reference_free(ref);
	git_repository_free(repo);
	return 0;
}

uint64_t repo_index_hash(const char *folder)
{
	XXH3_state_t *state = NULL;
	git_repository *repo;
	git_index *index = NULL;
	uint64_t hash = 0;

	if (repo_open(folder, &repo, NULL) < 0)
		return 0;
	state = XXH3_createState();
	if (!state || git_repository_index(&index, repo) < 0)
		goto out;
	XXH3_64bits_reset(state);
	for (size_t i = 0; i < git_index_entrycount(index); i++) {
		const git_index_entry *entry = git_index_get_byindex(index, i);

		XXH3_64bits_update(state, entry->path, strlen(entry->path) + 1);
	}
	hash = XXH3_64bits_digest(state);
out:
	git_index_free(index);
	XXH3_freeState(state);
	git_repository_free(repo);
	return hash;
}

int repo_folders(const char *folder, struct buf *gitdir, struct buf *commondir)
{
	git_repository *repo;
	int err = repo_open(folder, &repo, NULL);

	if (err < 0)
		return err;
	buf_add_text(gitdir, git_repository_path(repo));
	buf_add_text(commondir, git_repository_commondir(repo));
	git_repository_free(repo);
	return gitdir->failed || commondir->failed ? -ENOMEM : 0;
}
