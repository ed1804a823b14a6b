/*
 * worker_trace.h - what a worker's evaluation has read, for the cache
 */
#ifndef EVAL_WORKER_TRACE_H
#define EVAL_WORKER_TRACE_H

#include "eval/buf.h"
#include "eval/host.h"

/*
 * Could this text ask what commit its flake is at? Then a new commit may give
 * other values. Told by whether one of the names of those attributes is in it.
 */
bool worker_names_commit(const char *bytes, size_t len);

/*
 * The body of a TRACE answer (wire.h). repository is what repository_open()
 * left, or zeros if it was not opened; *commit is kept from call to call and
 * begins as false. 0 or -ENOMEM.
 */
int worker_trace(struct repository *repository, const struct wire_start *start,
		 bool *commit, struct buf *out);

#endif
