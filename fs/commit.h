/*
 * commit.h - make one commit of some changed files
 *
 * On the branch that is checked out, in this order:
 *
 *     index.lock taken          nobody else commits or stages
 *     files compared            with HEAD, the index and the plan
 *     blobs, tree, commit       written to the object database
 *     work tree files exchanged with their old selves, which are looked at:
 *                               an edit saved just now is put back
 *     the branch                compared with the old HEAD and swapped
 *     index                     written into index.lock and renamed
 *
 * Whatever fails, the files and the branch are as they were. A crash leaves at
 * worst a work tree that differs from HEAD as an uncommitted edit would, and a
 * stale index.lock, as git itself does.
 */
#ifndef FS_COMMIT_H
#define FS_COMMIT_H

#include "eval/buf.h"
#include "eval/wire.h"

struct commit_request {
	const char *repository; /* the folder that paths are relative to */
	const char *head;	/* the commit that the changes were made for */
	const char *author;	/* "Name <mail>", NULL: git's configuration */
	const char *message;
	bool program; /* by git(1): hooks run, and it signs */
	const struct wire_change *changes;
	size_t len;
};

/*
 * Make the commit. Returns 0 and its id, or -errno and a message:
 *
 *     -EBUSY    a file has changes that aren't committed, a merge is going on,
 *               another git holds a lock
 *     -EAGAIN   HEAD or a file is not what the plan was made for
 *     -EACCES   the repository belongs to somebody else, or can't be written
 *     -ENOTSUP  libgit2 doesn't know this kind of repository
 */
int commit_make(const struct commit_request *request, struct buf *id,
		struct buf *message);

/*
 * The same in a process of its own: libgit2 may crash when memory runs out, and
 * the daemon must not.
 */
int commit_run(const struct commit_request *request, struct buf *id,
	       struct buf *message);

/* `flakefs --commit`: the request on standard input, the answer on output. */
int commit_main(int argc, char **argv);

#endif
