/*
 * worker.h - the daemon's side of the evaluation workers
 *
 * A struct worker answers for one host (or home, hardware profile, or the
 * repository's list of hosts). It exists as long as the struct workers; the
 * process behind it is started when something is asked, and ends when it is
 * idle, renewed, too slow or dead:
 *
 *     NONE --asked--> RUNNING --idle, renewed, timed out, died--> NONE
 *
 * Requests to one worker are answered in order; any number of threads may ask
 * and wait. Two threads that ask the same wait for one answer.
 *
 * A worker's epoch is the number of times that it was renewed: an answer says
 * which epoch it is of, and is out of date if the worker's is larger by now.
 *
 * All functions may be called from any thread, and none holds a lock while it
 * waits for an evaluation.
 */
#ifndef FS_WORKER_H
#define FS_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/wire.h"
#include "fs/cancel.h"

struct workers;
struct worker;

struct workers_config {
	/* What all workers are told; class, name, generation and overlay are
	 * filled in. The texts must stay as long as the workers. */
	struct wire_start start;
	unsigned eval_timeout; /* seconds for one request */
	unsigned idle;	       /* seconds without request; 0: for ever */
	struct cache *cache;   /* where answers are kept; NULL: nowhere */
};

/* Call fn after each request that was served, in the worker's thread. */
void workers_on_served(struct workers *workers, void (*fn)(void *arg),
		       void *arg);

/* What was answered; bytes belong to it. */
struct answer {
	struct wire_text body; /* the body; of a failure: the message */
	uint64_t epoch;
	bool passing;	 /* a failure of the process, not of what was asked */
	struct job *job; /* private */
};

struct workers *workers_new(const struct workers_config *config);
/* Whoever waits, or asks from now on, gets -EIO. */
void workers_stop(struct workers *workers);
/* No thread may be waiting any more. */
void workers_free(struct workers *workers);

/* The worker for a host, made if need be; NULL when out of memory. revision: a
 * commit in hex, of commits/<rev>; NULL: what the mount shows. */
struct worker *workers_get(struct workers *workers, enum wire_class class,
			   const char *name, size_t len, const char *revision);
/*
 * The same for a batch of changes (any number but 0) to that revision, with
 * these files in place of the revision's from now on; NULL as overlay: as it
 * was. Whoever asks a closed one gets -ENOENT.
 */
struct worker *workers_get_batch(struct workers *workers, uint64_t batch,
				 enum wire_class class, const char *name,
				 size_t len, const char *revision);
int worker_set_overlay(struct worker *worker, const struct wire_file *overlay,
		       size_t len);
void worker_close(struct worker *worker);
/* As it was given to workers_get(). */
const char *worker_revision(const struct worker *worker);
/* Call fn for each worker. */
void workers_each(struct workers *workers,
		  void (*fn)(struct worker *worker, void *arg), void *arg);

/*
 * A worker for one use, which sees other bytes in some files. Not among those
 * of workers_get(); given back with worker_free_single().
 */
struct worker *worker_new_single(struct workers *workers,
				 const struct worker *like,
				 const struct wire_file *overlay, size_t len);
void worker_free_single(struct worker *worker);
/*
 * A worker for one use at another commit; its requests may take that many
 * seconds each. Given back in the same way.
 */
struct worker *worker_new_at(struct workers *workers, const struct worker *like,
			     const char *revision, unsigned timeout);
/*
 * Renew the worker with the process of a single one, which is freed: what it
 * saw in place of the files is in the files by now.
 */
void worker_adopt(struct worker *worker, struct worker *single);

/*
 * Ask and wait. Returns 0, or -errno with the message in answer->body (which
 * may be empty): what the worker answered, -ETIMEDOUT, -EIO and -ENOMEM when it
 * died, -EINTR when cancelled. cancel may be NULL. The answer must be released
 * in any case.
 */
int worker_ask(struct worker *worker, enum wire_op op, const void *body,
	       size_t len, struct cancel *cancel, struct answer *answer);
void answer_release(struct answer *answer);

/* From now on answers must come from a new process. lost: not because anything
 * changed, but because what answers depend on can't be told. */
void worker_renew(struct worker *worker, bool lost);
/* Was that why this epoch began? */
bool worker_was_lost(const struct worker *worker);
uint64_t worker_epoch(const struct worker *worker);

enum wire_class worker_class(const struct worker *worker);
const char *worker_name(const struct worker *worker, size_t *len);

/*
 * What evaluation read in this epoch (the body of a READS answer), waiting at
 * most wait_ms for a worker that is busy. Returns 0; -ESRCH if nothing was
 * evaluated in this epoch; -EBUSY if it evaluates for longer; -ENODATA if that
 * can't be told any more, since the process died; -ESTALE if answers were kept
 * ones and what they depend on is not on disk any more.
 */
int worker_reads(struct worker *worker, unsigned wait_ms,
		 struct answer *answer);
/* When its process was started (CLOCK_REALTIME, ns); 0 if there was none in
 * this epoch. */
int64_t worker_started(struct worker *worker);

struct worker_state {
	bool running, busy;
	unsigned waiting; /* requests in the queue */
	uint64_t epoch;	  /* 0: never asked anything */
	uint64_t served;  /* requests answered, but for READS */
};

void worker_state(struct worker *worker, struct worker_state *state);

struct workers_stats {
	uint64_t started, died, timed_out, asked, merged;
	unsigned running, busy;
};

void workers_stats(struct workers *workers, struct workers_stats *stats);

#endif
