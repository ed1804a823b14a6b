/*
 * ahead.h - answers that a worker gave before it was asked
 *
 * A worker that sees its host's tree being walked tells what will be asked
 * next (wire.h, AHEAD). Those answers are kept here until they are asked for,
 * once: the tree keeps what it has asked. The caller locks.
 */
#ifndef FS_AHEAD_H
#define FS_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/buf.h"
#include "eval/wire.h"

struct ahead {
	struct ahead_item **buckets; /* by the question's hash; NULL: empty */
	size_t len, mask;
	size_t bytes; /* of all items */
};

/* An answer that was taken out: the caller's to buf_release(). */
struct ahead_answer {
	int err; /* 0 or -errno */
	struct buf body;
};

void ahead_clear(struct ahead *ahead);

/* Keep what an AHEAD frame's body tells. What is malformed is left out, and
 * everything is forgotten when it becomes too much. */
void ahead_take_frame(struct ahead *ahead, const struct buf *body);

/* The answer to a question, if it is there: then it is not any more. */
bool ahead_find(struct ahead *ahead, uint16_t op, const void *request,
		size_t len, struct ahead_answer *out);

#endif
