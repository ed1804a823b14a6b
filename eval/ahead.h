/*
 * ahead.h - answering before being asked
 *
 * `find` and `grep -r` ask thousands of questions of which each costs less than
 * the round trip. Whoever has asked for two neighbours is taken to walk the
 * tree: from there on, whenever nothing is asked, what the walk will ask next
 * is answered too, in the order of a walk from the top (wire.h, AHEAD).
 *
 * Nothing is evaluated that the walk does not come to, values only if the walk
 * reads values; and a value that takes long is given up until it is asked for.
 */
#ifndef EVAL_AHEAD_H
#define EVAL_AHEAD_H

#include "eval/eval.h"
#include "eval/wire.h"

struct ahead;

/* How questions are answered: what worker.c does with a frame. */
struct ahead_worker {
	/* 0 and the body, or -errno. */
	int (*answer)(void *arg, const struct wire_frame *frame,
		      struct buf *out);
	/* The message of the failure just met; forgets it. */
	void (*message)(void *arg, int err, struct buf *out);
	void *arg;
	int fd; /* to the daemon */
};

/* NULL when out of memory. worker must stay. */
struct ahead *ahead_new(const struct ahead_worker *worker);
void ahead_free(struct ahead *ahead);

/* This was asked, and has been answered. */
void ahead_saw(struct ahead *ahead, const struct wire_frame *frame);

/* Answer ahead until something is asked or it is enough. Returns 0, or -errno
 * when the daemon is gone. ev may be NULL. */
int ahead_run(struct ahead *ahead, struct eval *ev);

#endif
