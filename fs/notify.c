/*
 * notify.c - tell the kernel what is no longer true
 *
 * For each node that the kernel knows:
 *
 *     expire_entry  its name is looked up again at the next walk. It waits for
 *                   look-ups in that directory that are being answered, so
 *                   what they bring in is in time for the next line.
 *     inval_inode   attributes and pages, or the cached listing
 *
 * A kernel older than 6.2 can't let an entry expire, only drop it. That is the
 * same to everybody but a process whose working directory is dropped.
 */
#include "fs/notify.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct task {
	struct task *next;
	struct site *site; /* NULL: only ino */
	const struct node *but;
	uint64_t ino;
	bool waited; /* somebody waits for it, and frees it */
	bool done;
};

struct notifier {
	struct fuse_session *session;
	struct tree *tree;
	pthread_t thread;
	bool no_expire; /* the kernel can't; the thread's own */

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t work, done;
	struct task *first, **last;
	bool stop;
};

struct round {
	struct notifier *notifier;
	const struct node *but;
};

static void expire(struct notifier *notifier, uint64_t parent, const char *name)
{
	struct fuse_session *session = notifier->session;
	size_t len = strlen(name);

	if (!notifier->no_expire &&
	    fuse_lowlevel_notify_expire_entry(session, parent, name, len,
					      FUSE_LL_EXPIRE_ONLY) == -ENOSYS)
		notifier->no_expire = true;
	if (notifier->no_expire)
		fuse_lowlevel_notify_inval_entry(session, parent, name, len);
}

static void tell(void *arg, struct node *node)
{
	struct round *round = arg;
	struct notifier *notifier = round->notifier;

	/* -ENOENT: the kernel has forgotten by itself. */
	if (node->parent)
		expire(notifier, node->parent->ino, node->name);
	if (node->kind == NODE_NONE) {
		/* The kernel never forgets what isn't there. */
		tree_forget(notifier->tree, node->ino, UINT64_MAX);
		return;
	}
	/* A name that can't be: only to wait for listings in flight. */
	if (node->kind == NODE_DIRECTORY)
		expire(notifier, node->ino, "%");
	if (node != round->but)
		fuse_lowlevel_notify_inval_inode(notifier->session, node->ino,
						 0, 0);
}

static void *run(void *arg)
{
	struct notifier *notifier = arg;
	struct task *task;

	pthread_mutex_lock(&notifier->lock);
	for (;;) {
		struct round round = { .notifier = notifier };

		while (!notifier->first && !notifier->stop)
			pthread_cond_wait(&notifier->work, &notifier->lock);
		if (notifier->stop)
			break;
		task = notifier->first;
		notifier->first = task->next;
		if (!notifier->first)
			notifier->last = &notifier->first;
		pthread_mutex_unlock(&notifier->lock);

		round.but = task->but;
		if (task->site)
			tree_each_known(notifier->tree, task->site, tell,
					&round);
		else
			fuse_lowlevel_notify_inval_inode(notifier->session,
							 task->ino, 0, 0);

		pthread_mutex_lock(&notifier->lock);
		task->done = true;
		if (task->waited)
			pthread_cond_broadcast(&notifier->done);
		else
			free(task);
	}
	/* Nobody is left to be told: let go who waits. */
	while (notifier->first) {
		task = notifier->first;
		notifier->first = task->next;
		task->done = true;
		if (!task->waited)
			free(task);
	}
	notifier->last = &notifier->first;
	pthread_cond_broadcast(&notifier->done);
	pthread_mutex_unlock(&notifier->lock);
	return NULL;
}

struct notifier *notifier_new(struct fuse_session *session, struct tree *tree)
{
	struct notifier *notifier = calloc(1, sizeof(*notifier));
	sigset_t all, saved;
	int err;

	if (!notifier)
		return NULL;
	notifier->session = session;
	notifier->tree = tree;
	notifier->last = &notifier->first;
	pthread_mutex_init(&notifier->lock, NULL);
	pthread_cond_init(&notifier->work, NULL);
	pthread_cond_init(&notifier->done, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &saved);
	err = pthread_create(&notifier->thread, NULL, run, notifier);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	if (err) {
		free(notifier);
		return NULL;
	}
	return notifier;
}

void notifier_free(struct notifier *notifier)
{
	if (!notifier)
		return;
	pthread_mutex_lock(&notifier->lock);
	notifier->stop = true;
	pthread_cond_signal(&notifier->work);
	pthread_mutex_unlock(&notifier->lock);
	pthread_join(notifier->thread, NULL);
	pthread_cond_destroy(&notifier->work);
	pthread_cond_destroy(&notifier->done);
	pthread_mutex_destroy(&notifier->lock);
	free(notifier);
}

/* With the lock held. */
static void enqueue(struct notifier *notifier, struct task *task)
{
	task->next = NULL;
	*notifier->last = task;
	notifier->last = &task->next;
	pthread_cond_signal(&notifier->work);
}

void notifier_site(struct notifier *notifier, struct site *site,
		   const struct node *but)
{
	struct task task = { .site = site, .but = but, .waited = true };

	pthread_mutex_lock(&notifier->lock);
	if (!notifier->stop) {
		enqueue(notifier, &task);
		while (!task.done)
			pthread_cond_wait(&notifier->done, &notifier->lock);
	}
	pthread_mutex_unlock(&notifier->lock);
}

void notifier_later(struct notifier *notifier, uint64_t ino)
{
	struct task *task = calloc(1, sizeof(*task));

	/* Without memory: the kernel asks for attributes after a write anyhow,
	 * and drops pages whose time has changed. */
	if (!task)
		return;
	task->ino = ino;
	pthread_mutex_lock(&notifier->lock);
	if (notifier->stop)
		free(task);
	else
		enqueue(notifier, task);
	pthread_mutex_unlock(&notifier->lock);
}
