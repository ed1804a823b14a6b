/*
 * nursery.h - the process that forks workers
 *
 * The daemon has many threads and must not fork. It starts this process, a
 * single thread that waits on a socket for START and KILL (eval/wire.h), forks
 * a worker for each START, and tells the daemon of every worker that ended.
 * When the daemon closes the socket or dies, the nursery kills its workers and
 * ends.
 */
#ifndef FS_NURSERY_H
#define FS_NURSERY_H

#include <sys/types.h>

#include "eval/wire.h"

/* What a worker does; tests have another than worker.h's. */
struct nursery_hooks {
	int (*run)(int fd, const struct wire_start *start);
	/* What is ready before a worker is forked. prepare_open() gives a
	 * descriptor, or -1; prepare() is called when there is something to
	 * read from it. Both may be NULL. */
	int (*prepare_open)(void);
	void (*prepare)(void);
	/* Fork who does the workers' errands (eval/errand.h): its process id,
	 * or -errno. May be NULL. */
	pid_t (*errands)(void);
};

/* Serve fd until it is closed. Returns the process's exit status. */
int nursery_run(int fd, const struct nursery_hooks *hooks);

/* `flakefs --nursery FD`, with the real workers. */
int nursery_main(int argc, char **argv);

#endif
