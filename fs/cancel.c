/* cancel.c - a way to give up waiting */
#include "fs/cancel.h"

#include <stddef.h>

void cancel_init(struct cancel *cancel)
{
	*cancel = (struct cancel){ .requested = false };
	pthread_mutex_init(&cancel->lock, NULL);
}

void cancel_release(struct cancel *cancel)
{
	pthread_mutex_destroy(&cancel->lock);
}

/* Lock order: the cancel's, then the worker's. */
void cancel(struct cancel *cancel)
{
	pthread_mutex_lock(&cancel->lock);
	if (cancel->mutex)
		pthread_mutex_lock(cancel->mutex);
	__atomic_store_n(&cancel->requested, true, __ATOMIC_SEQ_CST);
	if (cancel->mutex) {
		pthread_cond_broadcast(cancel->cond);
		pthread_mutex_unlock(cancel->mutex);
	}
	pthread_mutex_unlock(&cancel->lock);
}

void cancel_attach(struct cancel *cancel, pthread_mutex_t *mutex,
		   pthread_cond_t *cond)
{
	if (!cancel)
		return;
	pthread_mutex_lock(&cancel->lock);
	cancel->mutex = mutex;
	cancel->cond = cond;
	pthread_mutex_unlock(&cancel->lock);
}

bool cancelled(struct cancel *cancel)
{
	return cancel && __atomic_load_n(&cancel->requested, __ATOMIC_SEQ_CST);
}
