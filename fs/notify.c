/*
 * notify.c - tell the kernel what is no longer true
 *
 * For each node that the kernel knows:
 *
 *     expire_entry  its name is looked up again at the next walk. It waits for
 *                   look-ups in that directory that are being answered, so
 *                   what they bring in is in time for the next line.
 *     inval_inode   of a directory: its cached listing
 *
 * A kernel older than 6.2 can't let an entry expire, only drop it. That is the
 * same to everybody but a process whose working directory is dropped.
 */
#include "fs/notify.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "eval/thread.h"

#define THREADS 16

struct task {
	struct task *next;
	struct site *site; /* NULL: only ino */
	uint64_t ino;
	bool waited; /* somebody waits for it, and frees it */
	bool done;
};

struct notifier {
	struct fuse_session *session;
	struct tree *tree;
	bool no_expire; /* the kernel can't; whoever finds out sets it */

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t work, done;
	pthread_t threads[THREADS];
	unsigned started;
	struct task *first, **last;
	unsigned pending; /* tasks queued or being worked on */
	bool stop;
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
	struct notifier *notifier = arg;

	/* -ENOENT: the kernel has forgotten by itself. */
	if (node->parent)
		expire(notifier, node->parent->ino, node->name);
	if (node->kind == NODE_NONE) {
		/* The kernel never forgets what isn't there. */
		tree_forget(notifier->tree, node->ino, UINT64_MAX);
		return;
	}
	/* A file's bytes never change (tree.c): it is its name that will lead
	 * to another. */
	if (node->kind != NODE_DIRECTORY)
		return;
	/* Any name: only to wait for listings in flight. */
	expire(notifier, node->ino, "%");
	fuse_lowlevel_notify_inval_inode(notifier->session, node->ino, 0, 0);
}

static void finish(struct notifier *notifier, struct task *task)
{
	notifier->pending--;
	task->done = true;
	if (!task->waited)
		free(task);
	pthread_cond_broadcast(&notifier->done);
}

static struct task *take(struct notifier *notifier)
{
	struct task *task = notifier->first;

	notifier->first = task->next;
	if (!notifier->first)
		notifier->last = &notifier->first;
	return task;
}

static void *run(void *arg)
{
	struct notifier *notifier = arg;
	struct task *task;

	pthread_mutex_lock(&notifier->lock);
	for (;;) {
		while (!notifier->first && !notifier->stop)
			pthread_cond_wait(&notifier->work, &notifier->lock);
		if (notifier->stop)
			break;
		task = take(notifier);
		pthread_mutex_unlock(&notifier->lock);

		if (task->site)
			tree_each_known(notifier->tree, task->site, tell,
					notifier);
		else
			fuse_lowlevel_notify_inval_inode(notifier->session,
							 task->ino, 0, 0);

		pthread_mutex_lock(&notifier->lock);
		finish(notifier, task);
	}
	/* Nobody is left to be told: let go who waits. */
	while (notifier->first)
		finish(notifier, take(notifier));
	pthread_mutex_unlock(&notifier->lock);
	return NULL;
}

struct notifier *notifier_new(struct fuse_session *session, struct tree *tree)
{
	struct notifier *notifier = calloc(1, sizeof(*notifier));

	if (!notifier)
		return NULL;
	notifier->session = session;
	notifier->tree = tree;
	notifier->last = &notifier->first;
	pthread_mutex_init(&notifier->lock, NULL);
	pthread_cond_init(&notifier->work, NULL);
	pthread_cond_init(&notifier->done, NULL);
	return notifier;
}

void notifier_free(struct notifier *notifier)
{
	if (!notifier)
		return;
	pthread_mutex_lock(&notifier->lock);
	notifier->stop = true;
	pthread_cond_broadcast(&notifier->work);
	pthread_mutex_unlock(&notifier->lock);
	for (unsigned i = 0; i < notifier->started; i++)
		pthread_join(notifier->threads[i], NULL);
	pthread_cond_destroy(&notifier->work);
	pthread_cond_destroy(&notifier->done);
	pthread_mutex_destroy(&notifier->lock);
	free(notifier);
}

/* With the lock held. False: nobody would work on it. */
static bool enqueue(struct notifier *notifier, struct task *task)
{
	if (notifier->stop)
		return false;
	if (notifier->pending >= notifier->started &&
	    notifier->started < THREADS &&
	    thread_start(&notifier->threads[notifier->started], 0, run,
			 notifier) == 0)
		notifier->started++;
	if (!notifier->started)
		return false;
	task->next = NULL;
	*notifier->last = task;
	notifier->last = &task->next;
	notifier->pending++;
	pthread_cond_signal(&notifier->work);
	return true;
}

void notifier_site(struct notifier *notifier, struct site *site, bool wait)
{
	struct task on_stack = { .waited = true }, *task = &on_stack;

	if (!wait) {
		task = calloc(1, sizeof(*task));
		if (!task) {
			task = &on_stack;
			wait = true;
		}
	}
	task->site = site;
	pthread_mutex_lock(&notifier->lock);
	if (!enqueue(notifier, task)) {
		if (!task->waited)
			free(task);
	} else if (wait) {
		while (!task->done)
			pthread_cond_wait(&notifier->done, &notifier->lock);
	}
	pthread_mutex_unlock(&notifier->lock);
}

void notifier_drain(struct notifier *notifier)
{
	pthread_mutex_lock(&notifier->lock);
	while (notifier->pending && !notifier->stop)
		pthread_cond_wait(&notifier->done, &notifier->lock);
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
	if (!enqueue(notifier, task))
		free(task);
	pthread_mutex_unlock(&notifier->lock);
}
