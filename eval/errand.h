/*
 * errand.h - what a worker has done for it outside its sandbox
 *
 * Workers evaluate code that nobody vetted: they may write nothing, run no
 * program and open no connection (fs/sandbox.h). What needs one of these is an
 * errand: a request in bytes, done by a process that evaluates nothing, and
 * answered in bytes. That process is forked for each errand by one that the
 * nursery starts before its first worker. Where there is none (`flakefs eval`)
 * errands are done in place, by the same code.
 */
#ifndef EVAL_ERRAND_H
#define EVAL_ERRAND_H

#include <sys/types.h>

#include "eval/eval.h"
#include "eval/wire.h"

enum errand {
	ERRAND_GET,  /* fetch.c: a file or tree into the cache */
	ERRAND_TEXT, /* fetch.c: a small text from the network */
	ERRAND_GIT,  /* fetch_git.c: a bare repository into the cache */
	ERRAND_HASH, /* fetch_cache.c: keep a tree's hash */
	ERRANDS,
};

/*
 * Do one: the request was written with wire_put_*(), and answer is appended
 * what the errand wrote so. The caller releases both. Returns 0, or -1 with the
 * errand's error pending; ERROR_INTERRUPTED if the evaluation is given up
 * meanwhile, while the errand goes on for who asks next.
 */
int errand_do(struct eval *ev, enum errand errand, const struct buf *request,
	      struct buf *answer);

/* Is this for a value that nobody has asked for? Then it is given up, with the
 * error pending: nothing is fetched or built for it. */
bool errand_unasked(struct eval *ev);

/*
 * In the nursery: fork the process that does the errands of all workers forked
 * from now on; prepare() is called in it first. It ends with this process.
 * Returns its id, or -errno.
 */
pid_t errand_start(void (*prepare)(void));

/* Does an errand: reads the request, writes the answer. 0, or -1 with the error
 * pending. */
typedef int errand_fn(struct eval *ev, struct wire_in *in, struct buf *out);

errand_fn fetch_errand_get, fetch_errand_text, fetch_errand_git,
	fetch_errand_hash;

#endif
