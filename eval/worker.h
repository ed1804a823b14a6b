/*
 * worker.h - the process that evaluates one host
 *
 * The nursery (fs/nursery.h) is a process with one thread that waits for START
 * requests (wire.h). For each it forks, and the child calls worker_run(), which
 * answers what comes over fd until the daemon closes it, and returns the
 * process's exit status. What the nursery has in memory then the workers share
 * (prepare.h). start belongs to the caller and stays as long as worker_run()
 * runs.
 */
#ifndef EVAL_WORKER_H
#define EVAL_WORKER_H

#include "eval/wire.h"

int worker_run(int fd, const struct wire_start *start);

#endif
