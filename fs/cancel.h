/*
 * cancel.h - a way to give up waiting
 */
#ifndef FS_CANCEL_H
#define FS_CANCEL_H

#include <pthread.h>
#include <stdbool.h>

/*
 * cancel() from another thread makes worker_ask() return -EINTR at once. The
 * evaluation goes on, for whoever asks next.
 */
struct cancel {
	pthread_mutex_t lock;
	bool requested;		/* under lock */
	pthread_mutex_t *mutex; /* of what is waited for, under lock */
	pthread_cond_t *cond;
};

void cancel_init(struct cancel *cancel);
void cancel_release(struct cancel *cancel);
void cancel(struct cancel *cancel);

/* For who waits: cancel() shall lock mutex and broadcast cond, until this is
 * called with NULL. No lock may be held. cancel may be NULL. */
void cancel_attach(struct cancel *cancel, pthread_mutex_t *mutex,
		   pthread_cond_t *cond);
bool cancelled(struct cancel *cancel);

#endif
