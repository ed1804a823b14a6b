/*
 * repo.h - what the daemon itself wants to know of the git repository
 *
 * Reading only; writing is a process of its own (commit.h). Each call opens
 * the repository anew, so that threads share nothing.
 */
#ifndef FS_REPO_H
#define FS_REPO_H

#include <git2.h>
#include <stdbool.h>
#include <stdint.h>

#include "eval/buf.h"

struct repo_head {
	char id[GIT_OID_HEXSZ + 1]; /* of the commit; "" before the first */
	int64_t time;		    /* of the commit, seconds */
	bool bare;
};

/*
 * Open the repository that the folder is (in). Returns 0 or -errno: -ENOENT if
 * there is none, -EACCES and -ENOTSUP when libgit2 will not have it; why, where
 * given, gets a message for the user.
 */
int repo_open(const char *folder, git_repository **repo, struct buf *why);

/* The folder's path in the repository, "" or "a/b/". */
int repo_prefix(git_repository *repo, const char *folder, struct buf *prefix);

int repo_head(const char *folder, struct repo_head *head);

/* Which files are tracked, in one number; 0 without repository or index. */
uint64_t repo_index_hash(const char *folder);

/* The folders of the repository where HEAD, refs and index are, in gitdir and
 * commondir (the same unless it is a linked work tree). */
int repo_folders(const char *folder, struct buf *gitdir, struct buf *commondir);

#endif
