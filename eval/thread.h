/*
 * thread.h - starting a thread
 */
#ifndef EVAL_THREAD_H
#define EVAL_THREAD_H

#include <pthread.h>
#include <stddef.h>

/*
 * Start run(arg) in a thread with all signals blocked: they are for the threads
 * that asked for them. stack: bytes, 0 for the usual size. Returns 0 or -errno.
 */
int thread_start(pthread_t *thread, size_t stack, void *(*run)(void *arg),
		 void *arg);

#endif
