/*
 * write.h - the steps of a write, which single ones and batches share
 *
 * Private to the tree: write.c and batch.c. All return 0 or -errno, and leave
 * why in write->message.
 */
#ifndef FS_WRITE_H
#define FS_WRITE_H

#include "fs/commit.h"
#include "fs/view.h"

struct write {
	struct tree *tree;
	struct node *node;
	const struct writer *writer;
	struct cancel *cancel;
	struct buf text;    /* what was written, without the last newline */
	struct buf path;    /* wire form */
	struct buf failed;  /* the host's failed assertions before */
	struct buf unknown; /* or why they could not be told */
	struct buf message; /* why it failed */
	struct wire_text shared[4]; /* files that other hosts read; owned */
	size_t shared_len;
	struct worker *checker; /* sees the edited files */
	struct answer plan;
	struct wire_in in;
	struct wire_edit edit; /* in plan */
};

/*
 * Ask for write->edit, and a checker, which sees more files replaced beside the
 * edit's, whether it is right. Both are the caller's to drop in any case; no
 * changes in the edit: the option has that value already.
 */
int write_try(struct write *write, const struct wire_file *more,
	      size_t more_len);
void write_drop(struct write *write);

/*
 * Make the commit, renew every host that it matters to, and tell the kernel.
 * The host own, unless NULL, goes on with the process of *checker if that is
 * still right, and *checker is NULL then.
 */
int write_commit(struct tree *tree, const struct commit_request *request,
		 struct site *own, struct worker **checker,
		 struct buf *message);

/* A line of text: no control characters, and not without end. */
void message_add_line(struct buf *out, const char *text, size_t len,
		      size_t max);
/* "ares: a.b = true" */
void message_add_change(struct buf *out, const struct worker *worker,
			const struct wire_text *attrpath,
			const struct wire_text *value);
/* The trailers. */
void message_add_path(struct buf *out, const char *path, size_t len);
void message_add_writer(struct buf *out, const struct writer *writer);

#endif
