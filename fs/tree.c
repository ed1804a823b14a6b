/*
 * tree.c - nodes, and what is known of them
 *
 * Questions go to the node's view without a lock; what comes back is put into
 * the node if it is not out of date by then.
 */
#include "fs/tree.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cache/cache.h"
#include "fs/batch.h"
#include "fs/events.h"
#include "fs/history.h"
#include "fs/log.h"
#include "fs/name.h"
#include "fs/view.h"

/* How often to ask again when the host changed while it answered. */
#define TRIES 4
/* Names believed absent that are kept: more are answered each time. */
#define ABSENT_MAX 50000

/* --- sites -------------------------------------------------------------- */

uint64_t site_epoch(const struct site *site)
{
	return site ? worker_epoch(site->worker) : 1;
}

const char *site_revision(const struct site *site)
{
	return site ? worker_revision(site->worker) : NULL;
}

bool site_is_fixed(const struct site *site)
{
	return site_revision(site) && !site->batch;
}

static struct site *site_of_worker(struct tree *tree, struct worker *worker,
				   struct batch *batch)
{
	struct site *site;

	if (!worker)
		return NULL;
	tree_lock(tree);
	for (site = tree->sites; site && site->worker != worker;
	     site = site->next)
		;
	if (!site) {
		site = calloc(1, sizeof(*site));
		if (site) {
			site->worker = worker;
			site->batch = batch;
			site->next = tree->sites;
			tree->sites = site;
		}
	}
	tree_unlock(tree);
	return site;
}

struct site *tree_site(struct tree *tree, enum wire_class class,
		       const char *name, size_t len, const char *revision)
{
	return site_of_worker(
		tree, workers_get(tree->workers, class, name, len, revision),
		NULL);
}

struct site *tree_site_beside(struct tree *tree, const struct site *site,
			      enum wire_class class, const char *name,
			      size_t len)
{
	if (!site->batch)
		return tree_site(tree, class, name, len, site_revision(site));
	return site_of_worker(tree, batch_worker(site->batch, class, name, len),
			      site->batch);
}

/* --- life --------------------------------------------------------------- */

/* Without one, everything is evaluated. */
static void open_cache(struct tree *tree)
{
	struct cache **cache = &tree->config.workers.cache;
	int err;

	if (!tree->config.cache_folder)
		return;
	err = cache_open(tree->config.cache_folder, tree->config.cache_size,
			 cache);
	if (err < 0)
		log_line(LOG_WARNING, "%s: no values are kept: %s",
			 tree->config.cache_folder, strerror(-err));
}

struct tree *tree_new(const struct tree_config *config)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	struct node_init root = { .view = &view_root, .kind = NODE_DIRECTORY };

	if (!tree)
		return NULL;
	tree->config = *config;
	clock_gettime(CLOCK_REALTIME, &tree->started);
	tree->time = tree->started;
	tree->generation = 1;
	pthread_mutex_init(&tree->write_lock, NULL);
	pthread_mutex_init(&tree->commit_lock, NULL);
	open_cache(tree);
	tree->workers = workers_new(&tree->config.workers);
	tree->history = history_new();
	if (!tree->workers || !tree->history)
		goto out;
	if (nodes_init(&tree->nodes, &root) < 0)
		goto out;
	tree->nodes.root->mtime = tree->time;
	tree->repository = tree_site(tree, WIRE_REPOSITORY, "", 0, NULL);
	if (tree->repository)
		return tree;
	nodes_release(&tree->nodes);
out:
	workers_free(tree->workers);
	history_free(tree->history);
	cache_free(tree->config.workers.cache);
	pthread_mutex_destroy(&tree->write_lock);
	pthread_mutex_destroy(&tree->commit_lock);
	free(tree);
	return NULL;
}

void tree_stop(struct tree *tree)
{
	workers_stop(tree->workers);
}

void tree_free(struct tree *tree)
{
	if (!tree)
		return;
	workers_free(tree->workers);
	batches_free(tree->batches);
	history_free(tree->history);
	cache_free(tree->config.workers.cache);
	nodes_release(&tree->nodes);
	while (tree->sites) {
		struct site *site = tree->sites;

		tree->sites = site->next;
		free(site);
	}
	for (size_t i = 0; i < ERRORS_KEPT; i++) {
		free(tree->errors[i].path);
		bytes_put(tree->errors[i].message);
	}
	buf_release(&tree->events);
	pthread_mutex_destroy(&tree->write_lock);
	pthread_mutex_destroy(&tree->commit_lock);
	free(tree);
}

void tree_watch(struct tree *tree, const struct tree_watcher *watcher)
{
	tree->watcher = *watcher;
}

struct node *tree_root(struct tree *tree)
{
	return tree->nodes.root;
}

struct node *tree_by_ino(struct tree *tree, uint64_t ino)
{
	struct node *node;

	tree_lock(tree);
	node = node_by_ino(&tree->nodes, ino);
	if (node)
		node_get(&tree->nodes, node);
	tree_unlock(tree);
	return node;
}

void tree_put(struct tree *tree, struct node *node)
{
	tree_lock(tree);
	node_put(&tree->nodes, node);
	tree_unlock(tree);
}

bool tree_count_lookup(struct tree *tree, struct node *node,
		       const struct node_attr *attr, bool anyway)
{
	bool current;

	/* An epoch is raised before those who know its nodes are looked for
	 * under this lock: what is counted here in time will be found. */
	tree_lock(tree);
	current = node->seen_epoch == node_seen_epoch(node) && !node->detached;
	if (current && attr && attr->stable && node->kind == NODE_FILE)
		current = node->load_epoch == site_epoch(node->site);
	if (current || anyway)
		node_count_lookup(&tree->nodes, node);
	tree_unlock(tree);
	return current || anyway;
}

void tree_forget(struct tree *tree, uint64_t ino, uint64_t count)
{
	struct node *node;

	tree_lock(tree);
	node = node_by_ino(&tree->nodes, ino);
	if (node)
		node_forget(&tree->nodes, node, count);
	tree_unlock(tree);
}

/* --- paths -------------------------------------------------------------- */

void node_path(const struct node *node, struct buf *out)
{
	if (!node->parent)
		return;
	node_path(node->parent, out);
	if (out->len)
		buf_add_char(out, '/');
	buf_add(out, node->name, node->name_len);
}

static int put_names(const struct node *node, struct buf *out, uint32_t *count)
{
	struct buf raw = BUF_INIT;
	int err;

	if (!node->parent || node->parent->site != node->site)
		return 0; /* the site's root */
	err = put_names(node->parent, out, count);
	if (err < 0)
		return err;
	if (node->raw) {
		wire_put_text(out,
			      (struct wire_text){ node->raw, node->raw_len });
	} else if (node->format != WIRE_TEXT) {
		return 0; /* the directory's own companion */
	} else if (node->verbatim) {
		wire_put_text(out,
			      (struct wire_text){ node->name, node->name_len });
	} else {
		if (name_decode(node->name, node->name_len, &raw) != NAME_PLAIN)
			err = -ENOMEM; /* it was decoded when it was found */
		wire_put_text(out,
			      (struct wire_text){ buf_text(&raw), raw.len });
		buf_release(&raw);
	}
	++*count;
	return err;
}

int node_wire_path(const struct node *node, struct buf *out)
{
	struct buf names = BUF_INIT;
	uint32_t count = 0;
	int err = put_names(node, &names, &count);

	wire_put_u32(out, count);
	buf_add(out, names.data, names.len);
	if (err == 0 && (names.failed || out->failed))
		err = -ENOMEM;
	buf_release(&names);
	return err;
}

/* --- look-up ------------------------------------------------------------ */

static bool same_node(const struct node *node, const struct node_init *init)
{
	return node->kind == init->kind && node->site == init->site &&
	       node->view == init->view && node->format == init->format &&
	       node->row == init->row;
}

/*
 * The node for what was found, with a reference; the one there may stay if it
 * is of the same kind. With the lock held.
 */
static struct node *enter(struct tree *tree, struct node *dir, const char *name,
			  size_t len, const struct found *found)
{
	struct node *node = node_find(&tree->nodes, dir, name, len);

	if (node && !same_node(node, &found->init)) {
		if (node->load_epoch)
			events_add_node(tree, node);
		node_detach(&tree->nodes, node);
		node = NULL;
	}
	if (node) {
		node_get(&tree->nodes, node);
	} else {
		node = node_add(&tree->nodes, dir, name, len, &found->init);
		if (!node)
			return NULL;
		node->mtime = tree->time;
	}
	node->flags = found->init.flags;
	node->seen_epoch = found->epoch;
	if (found->target) {
		bytes_put(node->target);
		node->target = bytes_get(found->target);
	}
	return node;
}

/* Ask the view, and keep what it says. */
int tree_find(struct tree *tree, struct node *dir, const char *name, size_t len,
	      struct cancel *cancel, struct node **node)
{
	struct found found;
	int err, tries = 0;

	do {
		found = (struct found){ .epoch = site_epoch(dir->site) };
		err = dir->view->lookup(tree, dir, name, len, cancel, &found);
		if (err < 0 && err != -ENOENT)
			break;
		if (err == 0 && found.epoch != site_epoch(dir->site) &&
		    ++tries < TRIES) {
			bytes_put(found.target);
			buf_release(&found.raw);
			continue;
		}
		break;
	} while (true);

	*node = NULL;
	if (err == -ENOENT)
		found.init = (struct node_init){ .kind = NODE_NONE,
						 .site = dir->site };
	if (err == 0 || err == -ENOENT) {
		tree_lock(tree);
		/* Kept until the kernel is told that it appeared. */
		if (err == 0 || tree->nodes.absent < ABSENT_MAX)
			*node = enter(tree, dir, name, len, &found);
		tree_unlock(tree);
		if (err == 0 && !*node)
			err = -ENOMEM;
	}
	/* A folder that was there stays while its host can't be evaluated: the
	 * .error files in it say why. */
	if (err == -EIO || err == -ENOMEM || err == -ETIMEDOUT) {
		tree_lock(tree);
		*node = node_find(&tree->nodes, dir, name, len);
		if (*node && (*node)->kind == NODE_DIRECTORY) {
			node_get(&tree->nodes, *node);
			err = 0;
		} else {
			*node = NULL;
		}
		tree_unlock(tree);
	}
	bytes_put(found.target);
	buf_release(&found.raw);
	return err;
}

/* The same, and the file's value is of this epoch if it was told. */
static int find_current(struct tree *tree, struct node *dir, const char *name,
			size_t len, struct cancel *cancel, struct node **node)
{
	bool old;
	int err = tree_find(tree, dir, name, len, cancel, node);

	if (err < 0)
		return err;
	tree_lock(tree);
	old = node_is_old(*node);
	tree_unlock(tree);
	if (old)
		err = tree_succeed(tree, node, cancel);
	if (err < 0 && *node) {
		tree_put(tree, *node);
		*node = NULL;
	}
	return err;
}

int tree_lookup(struct tree *tree, struct node *dir, const char *name,
		size_t len, struct cancel *cancel, struct node **node)
{
	uint64_t epoch = site_epoch(dir->site);
	int err = -EAGAIN;

	*node = NULL;
	if (dir->kind != NODE_DIRECTORY)
		return -ENOTDIR;
	tree_lock(tree);
	*node = node_find(&tree->nodes, dir, name, len);
	if (*node && (*node)->seen_epoch == epoch && !node_is_old(*node) &&
	    !node_moves(*node)) {
		node_get(&tree->nodes, *node);
		err = (*node)->kind == NODE_NONE ? -ENOENT : 0;
	}
	tree_unlock(tree);
	return err == -EAGAIN ? find_current(tree, dir, name, len, cancel, node)
			      : err;
}

int tree_walk(struct tree *tree, const char *path, struct cancel *cancel,
	      struct node **out)
{
	struct node *node = tree->nodes.root, *next;
	int err = 0;

	tree_lock(tree);
	node_get(&tree->nodes, node);
	tree_unlock(tree);
	while (err == 0) {
		size_t len;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (!len)
			break;
		err = tree_lookup(tree, node, path, len, cancel, &next);
		tree_put(tree, node);
		node = next;
		path += len;
	}
	if (err < 0 && node) {
		tree_put(tree, node);
		node = NULL;
	}
	*out = node;
	return err;
}

struct node *tree_entry(struct tree *tree, struct node *dir,
			const struct listing *listing,
			const struct listing_entry *entry)
{
	struct found found = {
		.init = { .view = dir->view,
			  .site = dir->site,
			  .raw = entry->raw,
			  .raw_len = entry->raw_len,
			  .kind = entry->kind,
			  .flags = entry->flags },
	};
	struct node *node;
	size_t len = strlen(entry->name);

	tree_lock(tree);
	/* Only a host's own listing says all there is to know of a name. */
	if (dir->view == &view_site && dir->listing == listing &&
	    (entry->kind == NODE_DIRECTORY || entry->kind == NODE_FILE)) {
		found.epoch = dir->list_epoch;
		node = enter(tree, dir, entry->name, len, &found);
		/* Whether its value is the same, only a look-up tells. */
		if (node && node_is_old(node)) {
			node_put(&tree->nodes, node);
			node = NULL;
		}
	} else {
		node = node_find(&tree->nodes, dir, entry->name, len);
		if (node && (node->kind == NODE_NONE ||
			     node->seen_epoch != site_epoch(dir->site)))
			node = NULL;
		if (node)
			node_get(&tree->nodes, node);
	}
	tree_unlock(tree);
	/* Our own views tell what a listed name is without evaluating. */
	if (!node && !dir->view->evaluates &&
	    tree_lookup(tree, dir, entry->name, len, NULL, &node) < 0 && node) {
		tree_put(tree, node);
		node = NULL;
	}
	return node;
}

/* --- making and removing ------------------------------------------------ */

int tree_mkdir(struct tree *tree, struct node *dir, const char *name)
{
	struct node *old;
	size_t len = strlen(name);
	int err;

	if (!dir->view || !dir->view->make || tree->config.read_only)
		return -EROFS;
	err = dir->view->make(tree, dir, name, len);
	if (err < 0)
		return err;
	/* What was there is another. That there was nothing, the kernel does
	 * not forget in so many words. */
	tree_lock(tree);
	old = node_find(&tree->nodes, dir, name, len);
	if (old) {
		node_detach(&tree->nodes, old);
		if (old->kind == NODE_NONE)
			node_forget(&tree->nodes, old, UINT64_MAX);
	}
	tree_unlock(tree);
	return 0;
}

int tree_rmdir(struct tree *tree, struct node *dir, const char *name)
{
	if (!dir->view || !dir->view->remove || tree->config.read_only)
		return -EROFS;
	return dir->view->remove(tree, dir, name, strlen(name));
}

/* --- what goes wrong, what changes -------------------------------------- */

void tree_error(struct tree *tree, const struct node *node, int err,
		struct bytes *message)
{
	struct buf path = BUF_INIT;
	struct error_entry *entry;

	node_path(node, &path);
	log_line(LOG_INFO, "%s: %s: %.*s", buf_text(&path), strerror(-err),
		 message ? buf_clip(message->len) : 0,
		 message ? message->data : "");
	tree_lock(tree);
	entry = &tree->errors[tree->errors_next++ % ERRORS_KEPT];
	free(entry->path);
	bytes_put(entry->message);
	entry->path = path.failed ? NULL : path.data;
	entry->message = bytes_get(message);
	entry->err = err;
	clock_gettime(CLOCK_REALTIME, &entry->time);
	tree->errors_total++;
	tree_unlock(tree);
	if (path.failed)
		buf_release(&path);
}

static void begin_generation(struct tree *tree, struct site *site)
{
	tree_lock(tree);
	clock_gettime(CLOCK_REALTIME, &tree->time);
	tree->generation++;
	events_add_site(tree, site);
	tree_unlock(tree);
}

void tree_renew(struct tree *tree, struct site *site, bool lost)
{
	begin_generation(tree, site);
	worker_renew(site->worker, lost);
}

void tree_adopt(struct tree *tree, struct site *site, struct worker *single)
{
	begin_generation(tree, site);
	worker_adopt(site->worker, single);
}

void tree_tell(struct tree *tree, struct site *site, bool wait)
{
	if (tree->watcher.changed)
		tree->watcher.changed(tree->watcher.arg, site, wait);
}

void tree_rewrite(struct tree *tree, struct node *node)
{
	tree_lock(tree);
	node->rewritten = true;
	tree_unlock(tree);
}

void tree_set_time(struct tree *tree, int64_t time)
{
	tree_lock(tree);
	tree->time = (struct timespec){ .tv_sec = time };
	tree_unlock(tree);
}

/* Call fn for each node that pick wants, of all nodes in and of the site. */
static void each_node(struct tree *tree, struct site *site,
		      bool (*pick)(const struct node *node),
		      void (*fn)(void *arg, struct node *node), void *arg)
{
	struct node **picked = NULL;
	size_t len = 0;

	tree_lock(tree);
	picked = calloc(tree->nodes.len, sizeof(struct node *));
	for (size_t i = 0; picked && i <= tree->nodes.mask; i++) {
		struct node *node = tree->nodes.by_ino[i];

		for (; node; node = node->next_by_ino) {
			if (!pick(node) ||
			    (node->site != site &&
			     (!node->parent || node->parent->site != site)))
				continue;
			node_get(&tree->nodes, node);
			picked[len++] = node;
		}
	}
	tree_unlock(tree);
	for (size_t i = 0; i < len; i++) {
		fn(arg, picked[i]);
		tree_put(tree, picked[i]);
	}
	free(picked);
}

static bool is_known(const struct node *node)
{
	return node->lookups != 0;
}

void tree_each_known(struct tree *tree, struct site *site,
		     void (*fn)(void *arg, struct node *node), void *arg)
{
	each_node(tree, site, is_known, fn, arg);
}

static bool is_outdated(const struct node *node)
{
	return node->kind == NODE_FILE && node->parent && !node->detached &&
	       !(node->flags & NODE_DYNAMIC) && node->load_epoch &&
	       node->load_epoch != site_epoch(node->site);
}

void tree_each_outdated(struct tree *tree, struct site *site,
			void (*fn)(void *arg, struct node *node), void *arg)
{
	each_node(tree, site, is_outdated, fn, arg);
}
