/*
 * commit_private.h - what the parts of making a commit share
 */
#ifndef FS_COMMIT_PRIVATE_H
#define FS_COMMIT_PRIVATE_H

#include <git2.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "fs/commit.h"

/* One file on its way into the commit. */
struct edit {
	const struct wire_change *change;
	char *path;	  /* from the repository's top */
	const char *leaf; /* its last part */
	int folder;	  /* of the work tree; -1: bare */
	char temp[32];	  /* in folder, while it is there */
	bool exchanged;	  /* the work tree has the new bytes */
	struct stat st;	  /* of the new file */
	git_oid blob;
	git_filemode_t mode;
};

struct commit {
	const struct commit_request *request;
	struct buf *message;
	git_repository *repo;
	struct buf prefix;
	struct edit *edits;
	char *index_path, *lock_path;
	bool locked;
	git_oid head, id;
	git_commit *parent;
	git_tree *tree;
	char *ref; /* what is swapped: the branch, or HEAD when detached */
};

/* Set the message, with "error: " before it; returns err. */
int commit_fail(struct commit *commit, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same with libgit2's last error. */
int commit_fail_git(struct commit *commit, const char *what);

/* A file of the work tree; a link or anything special is -EINVAL. */
int commit_read_file(int folder, const char *name, struct buf *out);
bool commit_is_text(const struct buf *bytes, struct wire_text text);

/*
 * Exchange the files of the work tree with the new ones. -EAGAIN if one is not
 * what the plan was made for. Whatever fails, commit_restore_file() puts each
 * back.
 */
int commit_write_files(struct commit *commit);
void commit_restore_file(struct edit *edit);

/* Commit the files, which the work tree has by now, by git(1): its hooks run,
 * and it signs. */
int commit_by_program(struct commit *commit);

#endif
