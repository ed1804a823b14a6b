/*
 * batch.h - changes that are tried together, and become one commit
 *
 * A batch begins at HEAD as it is then, and shows that commit with its changes
 * instead of the files: work that is not committed is not in it. Its workers
 * are started with the changed files in place of the commit's. It lives in
 * memory alone.
 *
 * Private to the tree. A batch that has ended stays, empty-handed, until the
 * tree goes: nodes may refer to it.
 */
#ifndef FS_BATCH_H
#define FS_BATCH_H

#include "fs/repo.h"
#include "fs/view.h"

struct write;

/* A file as it is in the commit, and as it will be. */
struct batch_file {
	struct buf path, before, after;
	bool created;
};

/* An option that was given a value. */
struct batch_change {
	struct worker *worker;
	struct buf path;     /* wire form, as it was written */
	struct buf name;     /* "hosts/ares/toggles/a" */
	struct buf attrpath; /* in Nix's notation, as the next two */
	struct buf old, value;
	struct buf failed;  /* the host's failed assertions before */
	struct buf unknown; /* or why they could not be told */
};

struct batch {
	struct batch *next;
	struct tree *tree;
	char *name; /* the folder's */
	uint64_t number;
	char head[GIT_OID_HEXSZ + 1];
	struct site *site; /* of the repository, with the changes */

	/* Changed by who holds the tree's write_lock too: */
	pthread_mutex_t lock;
	bool ended;
	uint64_t version; /* counts changes */
	struct batch_file *files;
	size_t files_len;
	struct batch_change *changes;
	size_t changes_len;
	struct bytes *impact; /* of impact_version */
	uint64_t impact_version;
};

/* Begin one. 0 or -errno: -EEXIST, -EACCES where nothing can be committed. */
int batch_new(struct tree *tree, const char *name, size_t len);
/* All of them, when nobody uses the tree any more. */
void batches_free(struct batch *batches);

/* The one that has not ended of that name, or NULL; borrowed. */
struct batch *batch_find(struct tree *tree, const char *name, size_t len);

/* The worker that shows a host with the changes; NULL when out of memory. */
struct worker *batch_worker(struct batch *batch, enum wire_class class,
			    const char *name, size_t len);

/* With the tree's write_lock held: plan and check, and keep the changes. */
int batch_write(struct batch *batch, struct write *write);
/* The same: make the commit. Why it fails is put into message. */
int batch_commit(struct batch *batch, const struct writer *writer,
		 struct cancel *cancel, struct buf *message);
/* The same: forget it all, and its folder. With wait, the kernel knows when
 * this returns. */
void batch_end(struct batch *batch, struct node *folder, bool wait);

/* All changes as a unified diff. */
int batch_diff(struct batch *batch, struct buf *out);

/* impact.c: the options that differ, one a line. */
int batch_impact(struct batch *batch, struct cancel *cancel, struct buf *out);

#endif
