/*
 * link.h - the daemon's end of the nursery
 *
 * Starts the nursery when the first worker is wanted, and anew when it has
 * died. A process is what link_start() gave, until link_end().
 */
#ifndef FS_LINK_H
#define FS_LINK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct link;

struct process {
	pid_t pid;
	int fd; /* to talk to it */
	/* Under the link's lock: */
	int wstatus;
	int dead; /* wstatus tells how */
	struct process *next;
};

struct link *link_new(void);
/* Without any process there is no need of the nursery: end it, and give back
 * what it has parsed. The next process has another. */
void link_rest(struct link *link);
/* End the nursery, and all processes with it; it is not started again. */
void link_stop(struct link *link);
/* All processes must have been ended. */
void link_free(struct link *link);

/*
 * Fork a worker that is told start (an encoded struct wire_start). Returns 0
 * or -errno: -ETIMEDOUT if the nursery gave no answer in time.
 */
int link_start(struct link *link, const void *start, size_t len,
	       unsigned timeout_ms, struct process *process);

/* How a process whose socket was closed ended: wait status, or -1 if it is not
 * known within timeout_ms. */
int link_wstatus(struct link *link, struct process *process,
		 unsigned timeout_ms);

/* The process is kept at another place from now on. */
void link_move(struct link *link, struct process *from, struct process *to);

/* Close the process's socket, and kill it if it must not go on. */
void link_end(struct link *link, struct process *process, int kill);

#endif
