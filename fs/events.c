/*
 * events.c - what changed, for who watches
 */
#include "fs/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/thread.h"
#include "fs/name.h"

#define KEPT (64u << 10) /* bytes */
#define WATCHED_S 60	 /* how long who has asked once is taken to watch */

struct events_reader {
	struct tree *tree;
	pthread_mutex_t lock; /* of everything below; not held while reading */
	pthread_cond_t work;
	pthread_t thread;
	bool started, stop;
	struct site **sites; /* to be read again, none twice */
	size_t len, room;
};

/* --- the lines ---------------------------------------------------------- */

static void add(struct tree *tree, const char *path)
{
	struct buf *events = &tree->events;
	const char *half;
	char when[32];
	struct tm tm;
	size_t len;

	/* Forget the older half when there is much. */
	if (events->len > KEPT) {
		half = memchr(events->data + events->len / 2, '\n',
			      events->len - events->len / 2);
		len = half ? (size_t)(events->data + events->len - half - 1)
			   : 0;
		if (len)
			memmove(events->data, half + 1, len);
		events->len = len;
	}
	if (gmtime_r(&tree->time.tv_sec, &tm)) {
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
		buf_add_format(events, "%s %llu %s\n", when,
			       (unsigned long long)tree->generation, path);
	}
}

void events_add_site(struct tree *tree, const struct site *site)
{
	static const char *const folders[WIRE_CLASSES] = {
		".", "hosts", "homes", "darwin", "hardware", "flakes",
	};
	char path[NAME_SIZE + 16], name[NAME_SIZE];
	size_t len;
	const char *raw = worker_name(site->worker, &len);

	name_encode(raw, len, name);
	snprintf(path, sizeof(path), "%s%s%s",
		 folders[worker_class(site->worker)], len ? "/" : "",
		 len ? name : "");
	add(tree, path);
}

void events_add_node(struct tree *tree, const struct node *node)
{
	struct buf path = BUF_INIT;

	node_path(node, &path);
	if (!path.failed)
		add(tree, buf_text(&path));
	buf_release(&path);
}

static int64_t now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

int events_text(struct tree *tree, struct buf *out)
{
	tree_lock(tree);
	tree->events_until = now_s() + WATCHED_S;
	buf_add(out, tree->events.data, tree->events.len);
	tree_unlock(tree);
	return 0;
}

/* --- reading again ------------------------------------------------------ */

static void read_again(void *arg, struct node *node)
{
	struct events_reader *reader = arg;
	struct tree *tree = reader->tree;
	struct node *now;
	bool stop;

	pthread_mutex_lock(&reader->lock);
	stop = reader->stop;
	pthread_mutex_unlock(&reader->lock);
	if (stop)
		return;
	/* The look-up compares a value that was told; others are asked for. */
	if (tree_lookup(tree, node->parent, node->name, node->name_len, NULL,
			&now) == 0)
		tree_load(tree, now, NULL);
	if (now)
		tree_put(tree, now);
}

static void *run(void *arg)
{
	struct events_reader *reader = arg;

	pthread_mutex_lock(&reader->lock);
	while (!reader->stop) {
		struct site *site;

		if (!reader->len) {
			pthread_cond_wait(&reader->work, &reader->lock);
			continue;
		}
		site = reader->sites[0];
		memmove(reader->sites, reader->sites + 1,
			--reader->len * sizeof(struct site *));
		pthread_mutex_unlock(&reader->lock);
		tree_each_outdated(reader->tree, site, read_again, reader);
		pthread_mutex_lock(&reader->lock);
	}
	pthread_mutex_unlock(&reader->lock);
	return NULL;
}

struct events_reader *events_reader_new(struct tree *tree)
{
	struct events_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->tree = tree;
	pthread_mutex_init(&reader->lock, NULL);
	pthread_cond_init(&reader->work, NULL);
	return reader;
}

void events_reader_free(struct events_reader *reader)
{
	if (!reader)
		return;
	pthread_mutex_lock(&reader->lock);
	reader->stop = true;
	pthread_cond_signal(&reader->work);
	pthread_mutex_unlock(&reader->lock);
	if (reader->started)
		pthread_join(reader->thread, NULL);
	pthread_cond_destroy(&reader->work);
	pthread_mutex_destroy(&reader->lock);
	free(reader->sites);
	free(reader);
}

/* With the reader's lock held. False when out of memory. */
static bool enqueue(struct events_reader *reader, struct site *site)
{
	struct site **more;

	for (size_t i = 0; i < reader->len; i++)
		if (reader->sites[i] == site)
			return true;
	if (reader->len == reader->room) {
		more = realloc(reader->sites,
			       (reader->room + 16) * sizeof(*more));
		if (!more)
			return false;
		reader->sites = more;
		reader->room += 16;
	}
	reader->sites[reader->len++] = site;
	return true;
}

void events_reader_site(struct events_reader *reader, struct site *site)
{
	bool watched;

	tree_lock(reader->tree);
	watched = now_s() < reader->tree->events_until;
	tree_unlock(reader->tree);
	if (!watched)
		return;
	pthread_mutex_lock(&reader->lock);
	if (!reader->started)
		reader->started =
			thread_start(&reader->thread, 0, run, reader) == 0;
	/* Without memory or thread a change is told when it is read. */
	if (reader->started && enqueue(reader, site))
		pthread_cond_signal(&reader->work);
	pthread_mutex_unlock(&reader->lock);
}
