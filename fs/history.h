/*
 * history.h - the commits at which a value changed
 *
 * Along first parents, newest first. A commit is evaluated by a worker of its
 * own, which tells what it has read: as long as nothing of that differs in the
 * parent, neither does the value, and the parent is not evaluated. Nothing is
 * guessed from equal values at two ends.
 *
 * What was found out of a commit is true for ever, and remembered: reading
 * again evaluates only what is new.
 */
#ifndef FS_HISTORY_H
#define FS_HISTORY_H

#include "fs/bytes.h"
#include "fs/worker.h"

struct history;

struct history *history_new(void);
void history_free(struct history *history);

struct history_request {
	struct workers *workers;
	const struct worker *like; /* whose host it is */
	const char *repository;	   /* a folder in it */
	const char *start;	   /* commit to begin with; NULL: HEAD */
	const void *path;	   /* of the option, as for WIRE_READ */
	size_t path_len;
	unsigned timeout; /* seconds for all */
};

/*
 * The lines for the option, in out:
 *
 *     id TAB date TAB author TAB value
 *
 * The date is ISO 8601, the value JSON on one line, `error` where it can't be
 * evaluated (or written as JSON), `-` where there is no such option or it has
 * no value. When time is over a last line says so, and begins with '#'. Returns
 * 0 or -errno.
 */
int history_text(struct history *history, const struct history_request *request,
		 struct cancel *cancel, struct buf *out);

/* What its lines say of an answer to WIRE_READ of JSON: a reference, NULL when
 * out of memory. */
struct bytes *history_value(int err, const struct answer *answer);

#endif
