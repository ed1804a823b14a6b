/*
 * worker_private.h - what the two halves of the workers share
 *
 * worker.c has what other threads do: asking and waiting. worker_process.c has
 * what a worker's own thread does: it takes jobs from the queue, sends them to
 * the process and hands out the answers.
 *
 * Jobs are counted: one reference for the queue or the thread that has it, one
 * for each thread that waits or still holds the answer.
 */
#ifndef FS_WORKER_PRIVATE_H
#define FS_WORKER_PRIVATE_H

#include <stdatomic.h>

#include "fs/ahead.h"
#include "fs/keep.h"
#include "fs/link.h"
#include "fs/worker.h"

struct job {
	struct job *next; /* in the queue */
	struct worker *worker;
	unsigned refs; /* under the worker's lock */
	bool done;     /* under the worker's lock; the answer is final then */
	uint16_t op;
	struct buf request;
	int err;
	struct buf reply;      /* whole body */
	struct wire_text text; /* what the asker sees of it */
	bool passing;
	uint64_t epoch;
};

struct worker {
	struct workers *workers;
	struct worker *next;
	enum wire_class class;
	char *name;
	size_t name_len;
	uint64_t variant; /* a batch's number; 0: none */
	char *revision;	  /* NULL: what the mount shows */
	unsigned timeout; /* seconds for one request */

	/* The thread's own: */
	pthread_t thread;
	struct process process; /* fd -1: none is running */
	uint64_t process_epoch;
	bool keep; /* the process, when the thread ends */
	uint32_t number;
	struct wire_frame frame;

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t work;  /* something to do for the thread */
	pthread_cond_t done;  /* a job is done */
	bool has_thread, stop, running;
	bool closed;		/* nobody may ask any more */
	struct buf overlay;	/* struct wire_start, encoded, of one that sees
				   other files */
	struct process adopted; /* fd -1: none; to be the process */
	uint64_t adopted_epoch;
	struct job *queue, **tail, *current;
	uint64_t epoch, served;
	uint64_t lost_epoch; /* began as worker_was_lost() tells */
	int64_t started;  /* of the process of this epoch */
	bool reads_known; /* reads is what this epoch's ended process
			     had read */
	bool answered;	  /* the process has, more than failures of its own */
	bool reads_lost;  /* one of this epoch that had died untold */
	struct buf reads; /* entries, without their count */
	uint32_t reads_count;
	struct ahead ahead; /* of process_epoch */

	struct cache_site *site;  /* of the cache; NULL: nothing is kept */
	struct cache_batch batch; /* answers for it, of the process */
	int64_t batch_since;	  /* its oldest, CLOCK_MONOTONIC ns */
	uint64_t process_count;	  /* number of the process */
	bool keepless;		  /* its answers are not to be kept */
	bool flush;		  /* hand over the batch now; or it is being */
	uint64_t kept_epoch;	  /* earlier processes' answers are used */
	int64_t kept_since;	  /* as started, of those */
};

struct workers {
	struct workers_config config;
	struct link *link;
	pthread_mutex_t lock; /* of the list */
	struct worker *list;
	atomic_bool stopping;
	void (*on_served)(void *arg); /* under served_lock */
	void *on_served_arg;
	pthread_mutex_t served_lock;
	atomic_ullong generation, started, died, timed_out, asked, merged;
};

/* A job for the worker, with one reference; NULL when out of memory. */
struct job *job_new(struct worker *worker, uint16_t op, const void *request,
		    size_t len);
/* With the worker's lock held. */
void job_put(struct job *job);
/* What was told ahead is the answer; of a failure it is the message. */
void job_answer(struct job *job, struct ahead_answer *found);

/* Make sure that there is a thread. With the lock held. 0 or -errno. */
int worker_start_thread(struct worker *worker);
/* Let it end, and its process unless worker->keep is set. */
void worker_stop_thread(struct worker *worker);

/* Close the connection to the process, and kill it if it must not go on. In
 * the worker's thread, or without one. */
void worker_end_process(struct worker *worker, bool kill);

/* Note an answer of the process for the cache. With the lock held. */
void worker_keep(struct worker *worker, const struct job *job);

/* Something was answered: tell who wants to know what was read for it. */
void worker_tell_served(struct workers *workers);

#endif
