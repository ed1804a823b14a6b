/*
 * tree.c - nodes, and what is known of them
 *
 * Questions go to the node's view without a lock; what comes back is put into
 * the node if it is not out of date by then.
 */
#include "fs/tree.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fs/log.h"
#include "fs/name.h"
#include "fs/view.h"

/* How often to ask again when the host changed while it answered. */
#define TRIES 4
/* Names believed absent that are kept: more are answered each time. */
#define ABSENT_MAX 50000
/* How long a failure that may pass is not tried again, ns. */
#define RETRY_AFTER INT64_C(2000000000)

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void lock(struct tree *tree)
{
	pthread_mutex_lock(&tree->nodes.lock);
}

static void unlock(struct tree *tree)
{
	pthread_mutex_unlock(&tree->nodes.lock);
}

/* --- sites -------------------------------------------------------------- */

uint64_t site_epoch(const struct site *site)
{
	return site ? worker_epoch(site->worker) : 1;
}

const char *site_revision(const struct site *site)
{
	return site ? worker_revision(site->worker) : NULL;
}

struct site *tree_site(struct tree *tree, enum wire_class class,
		       const char *name, size_t len, const char *revision)
{
	struct worker *worker =
		workers_get(tree->workers, class, name, len, revision);
	struct site *site;

	if (!worker)
		return NULL;
	lock(tree);
	for (site = tree->sites; site && site->worker != worker;
	     site = site->next)
		;
	if (!site) {
		site = calloc(1, sizeof(*site));
		if (site) {
			site->worker = worker;
			site->next = tree->sites;
			tree->sites = site;
		}
	}
	unlock(tree);
	return site;
}

/* The epoch that decides whether the node is still there. */
static uint64_t seen_epoch(const struct node *node)
{
	return node->parent ? site_epoch(node->parent->site) : 1;
}

/*
 * What the kernel was told of a value stays: who has the file open, or reads it
 * just now, gets one value whole. Another value is another node. With the lock
 * held.
 */
static bool is_frozen(const struct node *node)
{
	return node->kind == NODE_FILE && node->lookups && node->bytes &&
	       !node->err && !node->rewritten && !(node->flags & NODE_DYNAMIC);
}

/* With the lock held. */
static bool is_old(const struct node *node)
{
	return is_frozen(node) && node->load_epoch != site_epoch(node->site);
}

/* A link that leads elsewhere as it pleases: commits/<branch>. */
static bool moves(const struct node *node)
{
	return node->kind == NODE_LINK && node->flags & NODE_DYNAMIC;
}

/* --- life --------------------------------------------------------------- */

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
	tree->workers = workers_new(&config->workers);
	if (!tree->workers)
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

	lock(tree);
	node = node_by_ino(&tree->nodes, ino);
	if (node)
		node_get(node);
	unlock(tree);
	return node;
}

void tree_put(struct tree *tree, struct node *node)
{
	lock(tree);
	node_put(&tree->nodes, node);
	unlock(tree);
}

bool tree_count_lookup(struct tree *tree, struct node *node,
		       const struct node_attr *attr, bool anyway)
{
	bool current;

	/* An epoch is raised before those who know its nodes are looked for
	 * under this lock: what is counted here in time will be found. */
	lock(tree);
	current = node->seen_epoch == seen_epoch(node) && !node->detached;
	if (current && attr && attr->stable && node->kind == NODE_FILE)
		current = node->load_epoch == site_epoch(node->site);
	if (current || anyway)
		node_count_lookup(node);
	unlock(tree);
	return current || anyway;
}

void tree_forget(struct tree *tree, uint64_t ino, uint64_t count)
{
	struct node *node;

	lock(tree);
	node = node_by_ino(&tree->nodes, ino);
	if (node)
		node_forget(&tree->nodes, node, count);
	unlock(tree);
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
	} else if (node->flags & NODE_HIDDEN) {
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
		node_detach(&tree->nodes, node);
		node = NULL;
	}
	if (node) {
		node_get(node);
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
static int succeed(struct tree *tree, struct node **at, struct cancel *cancel);

static int find(struct tree *tree, struct node *dir, const char *name,
		size_t len, struct cancel *cancel, struct node **node)
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
		lock(tree);
		/* Kept until the kernel is told that it appeared. */
		if (err == 0 || tree->nodes.absent < ABSENT_MAX)
			*node = enter(tree, dir, name, len, &found);
		unlock(tree);
		if (err == 0 && !*node)
			err = -ENOMEM;
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
	int err = find(tree, dir, name, len, cancel, node);

	if (err < 0)
		return err;
	lock(tree);
	old = is_old(*node);
	unlock(tree);
	if (old)
		err = succeed(tree, node, cancel);
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
	lock(tree);
	*node = node_find(&tree->nodes, dir, name, len);
	if (*node && (*node)->seen_epoch == epoch && !is_old(*node) &&
	    !moves(*node)) {
		node_get(*node);
		err = (*node)->kind == NODE_NONE ? -ENOENT : 0;
	}
	unlock(tree);
	return err == -EAGAIN ? find_current(tree, dir, name, len, cancel, node)
			      : err;
}

int tree_walk(struct tree *tree, const char *path, struct cancel *cancel,
	      struct node **out)
{
	struct node *node = tree->nodes.root, *next;
	int err = 0;

	lock(tree);
	node_get(node);
	unlock(tree);
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

	lock(tree);
	/* Only a host's own listing says all there is to know of a name. */
	if (dir->view == &view_site && dir->listing == listing &&
	    (entry->kind == NODE_DIRECTORY || entry->kind == NODE_FILE)) {
		found.epoch = dir->list_epoch;
		node = enter(tree, dir, entry->name, len, &found);
		/* Whether its value is the same, only a look-up tells. */
		if (node && is_old(node)) {
			node_put(&tree->nodes, node);
			node = NULL;
		}
	} else {
		node = node_find(&tree->nodes, dir, entry->name, len);
		if (node && (node->kind == NODE_NONE ||
			     node->seen_epoch != site_epoch(dir->site)))
			node = NULL;
		if (node)
			node_get(node);
	}
	unlock(tree);
	/* Our own views tell what a listed name is without evaluating. */
	if (!node && dir->view != &view_site &&
	    tree_lookup(tree, dir, entry->name, len, NULL, &node) < 0 && node) {
		tree_put(tree, node);
		node = NULL;
	}
	return node;
}

/* Is the node still there, as the same kind of thing? */
static int revalidate(struct tree *tree, struct node *node,
		      struct cancel *cancel)
{
	struct node *again;
	bool same, known;
	int err;

	lock(tree);
	known = !node->parent ||
		(node->seen_epoch == seen_epoch(node) && !node->detached);
	unlock(tree);
	if (known)
		return 0;
	if (node->detached)
		return -ESTALE;
	err = find(tree, node->parent, node->name, node->name_len, cancel,
		   &again);
	if (!again)
		return err;
	same = again == node;
	tree_put(tree, again);
	if (err == 0 && !same)
		err = -ESTALE;
	return err;
}

/* --- values ------------------------------------------------------------- */

/* What changed must have another time, or the kernel keeps the old pages. */
static void touch(struct tree *tree, struct node *node)
{
	struct timespec t = tree->time;

	if (t.tv_sec < node->mtime.tv_sec ||
	    (t.tv_sec == node->mtime.tv_sec &&
	     t.tv_nsec <= node->mtime.tv_nsec)) {
		t = node->mtime;
		if (++t.tv_nsec == 1000000000) {
			t.tv_nsec = 0;
			t.tv_sec++;
		}
	}
	node->mtime = t;
}

static bool same_bytes(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* With the lock held: takes loaded's references. */
static void keep_loaded(struct tree *tree, struct node *node, int err,
			struct loaded *loaded)
{
	bool had = node->load_epoch != 0;

	if (err == 0 && node->bytes && same_bytes(node->bytes, loaded->bytes)) {
		bytes_put(loaded->bytes);
	} else {
		bytes_put(node->bytes);
		node->bytes = loaded->bytes;
		if (had)
			touch(tree, node);
	}
	loaded->bytes = NULL;
	bytes_put(node->message);
	node->message = loaded->message;
	loaded->message = NULL;
	node->rewritten = false;
	node->err = err;
	node->err_until = loaded->passing ? now_ns() + RETRY_AFTER : 0;
	node->load_epoch = loaded->epoch;
}

/* With the lock held. */
static bool is_loaded(const struct node *node)
{
	return node->load_epoch == site_epoch(node->site) &&
	       !(node->flags & NODE_DYNAMIC) &&
	       (!node->err_until || now_ns() < node->err_until);
}

/* Ask the view until what it says is of the epoch that it is by then. */
static int ask(struct tree *tree, struct node *node, struct cancel *cancel,
	       struct loaded *loaded)
{
	int err, tries = 0;

	for (;;) {
		*loaded = (struct loaded){ .epoch = site_epoch(node->site) };
		err = node->view->load(tree, node, cancel, loaded);
		if (err == -EINTR || loaded->epoch == site_epoch(node->site) ||
		    ++tries == TRIES)
			break;
		bytes_put(loaded->bytes);
		bytes_put(loaded->message);
	}
	if (err == -EINTR) {
		bytes_put(loaded->message);
		return err;
	}
	if (err < 0 && node->format != WIRE_ERROR)
		tree_error(tree, node, err, loaded->message);
	return err;
}

int tree_load(struct tree *tree, struct node *node, struct cancel *cancel)
{
	struct loaded loaded;
	bool known;
	int err;

	lock(tree);
	known = is_frozen(node) || is_loaded(node);
	err = node->err;
	tree->loads++;
	tree->load_hits += known;
	unlock(tree);
	if (known)
		return err;

	err = ask(tree, node, cancel, &loaded);
	if (err == -EINTR)
		return err;
	lock(tree);
	/* Somebody else's answer may have been told meanwhile. */
	if (is_frozen(node)) {
		bytes_put(loaded.bytes);
		bytes_put(loaded.message);
		err = 0;
	} else {
		keep_loaded(tree, node, err, &loaded);
	}
	unlock(tree);
	return err;
}

/*
 * The node that the name is now, if the value of the one there may have
 * changed: itself if it has not, else another. Takes the reference, gives one.
 */
static int succeed(struct tree *tree, struct node **at, struct cancel *cancel)
{
	struct node *node = *at, *next = NULL;
	struct node_init init = {
		.view = node->view,
		.site = node->site,
		.raw = node->raw,
		.raw_len = node->raw_len,
		.kind = node->kind,
		.format = node->format,
		.row = node->row,
	};
	struct loaded loaded;
	int err = ask(tree, node, cancel, &loaded);

	if (err == -EINTR)
		return err;
	lock(tree);
	if (err == 0 && same_bytes(node->bytes, loaded.bytes)) {
		node->load_epoch = loaded.epoch;
		bytes_put(loaded.bytes);
		bytes_put(loaded.message);
		unlock(tree);
		return 0;
	}
	if (!node->detached) {
		node_detach(&tree->nodes, node);
		init.flags = node->flags;
		next = node_add(&tree->nodes, node->parent, node->name,
				node->name_len, &init);
	} else {
		/* Another thread has found out too. */
		next = node_find(&tree->nodes, node->parent, node->name,
				 node->name_len);
		if (next)
			node_get(next);
	}
	if (next && next->load_epoch != loaded.epoch && !is_frozen(next)) {
		next->mtime = node->mtime;
		touch(tree, next);
		next->seen_epoch = node->seen_epoch;
		keep_loaded(tree, next, err, &loaded);
	} else {
		bytes_put(loaded.bytes);
		bytes_put(loaded.message);
	}
	node_put(&tree->nodes, node);
	unlock(tree);
	*at = next;
	return next ? 0 : -ENOMEM;
}

struct bytes *tree_last_message(struct tree *tree)
{
	struct bytes *message = NULL;

	lock(tree);
	if (tree->errors_next)
		message = bytes_get(
			tree->errors[(tree->errors_next - 1) % ERRORS_KEPT]
				.message);
	unlock(tree);
	return message;
}

static mode_t node_mode(const struct tree *tree, const struct node *node)
{
	switch (node->kind) {
	case NODE_DIRECTORY:
		return S_IFDIR | 0555;
	case NODE_LINK:
		return S_IFLNK | 0777;
	default:
		return S_IFREG | (node->flags & NODE_WRITABLE &&
						  !tree->config.read_only &&
						  !site_revision(node->site)
					  ? 0644
					  : 0444);
	}
}

/* With the lock held. */
static void fill_attr(const struct tree *tree, const struct node *node,
		      struct node_attr *attr)
{
	*attr = (struct node_attr){
		.ino = node->ino,
		.mode = node_mode(tree, node),
		.size = node->size,
		.mtime = node->mtime,
	};
}

int tree_attr(struct tree *tree, struct node *node, struct cancel *cancel,
	      struct node_attr *attr, int *why)
{
	struct listing *listing;
	int err, load = 0;

	err = revalidate(tree, node, cancel);
	if (err < 0)
		return err;
	if (node->kind == NODE_FILE) {
		load = tree_load(tree, node, cancel);
		if (load == -EINTR)
			return load;
	}
	/* Its time changes with what is in it: by that the kernel knows. */
	if (node->kind == NODE_DIRECTORY && node->flags & NODE_DYNAMIC &&
	    tree_list(tree, node, cancel, &listing) == 0)
		listing_put(listing);
	lock(tree);
	if (node->kind == NODE_FILE)
		node->size = node->bytes ? node->bytes->len : 0;
	else if (node->target)
		node->size = node->target->len;
	fill_attr(tree, node, attr);
	/* A file of size 0 that can't be read must be asked about on every
	 * read: the kernel takes it for empty otherwise. */
	attr->stable = load == 0 && !(node->flags & NODE_DYNAMIC);
	unlock(tree);
	if (why)
		*why = load;
	return 0;
}

void tree_attr_known(struct tree *tree, struct node *node,
		     struct node_attr *attr)
{
	lock(tree);
	if (node->kind == NODE_FILE && !node->err &&
	    (is_frozen(node) || is_loaded(node))) {
		node->size = node->bytes->len;
		fill_attr(tree, node, attr);
		attr->stable = !moves(node);
	} else {
		fill_attr(tree, node, attr);
		attr->stable = node->kind != NODE_FILE && !moves(node);
	}
	unlock(tree);
}

int tree_read(struct tree *tree, struct node *node, struct cancel *cancel,
	      struct bytes **bytes)
{
	int err;

	if (node->kind != NODE_FILE)
		return node->kind == NODE_DIRECTORY ? -EISDIR : -EINVAL;
	lock(tree);
	*bytes = bytes_get(node->bytes);
	unlock(tree);
	if (*bytes)
		return 0;
	err = tree_load(tree, node, cancel);
	lock(tree);
	*bytes = bytes_get(node->bytes);
	unlock(tree);
	return *bytes ? 0 : err ? err : -EIO;
}

struct listing *tree_listing_known(struct tree *tree, struct node *dir)
{
	struct listing *listing = NULL;

	lock(tree);
	if (dir->listing && dir->list_epoch == site_epoch(dir->site) &&
	    !(dir->flags & NODE_DYNAMIC))
		listing = listing_get(dir->listing);
	unlock(tree);
	return listing;
}

static bool same_listing(const struct listing *a, const struct listing *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (strcmp(a->entries[i].name, b->entries[i].name) != 0 ||
		    a->entries[i].kind != b->entries[i].kind)
			return false;
	return true;
}

int tree_list(struct tree *tree, struct node *dir, struct cancel *cancel,
	      struct listing **out)
{
	struct listing_builder builder;
	struct listing *listing;
	uint64_t epoch;
	int err, tries = 0;

	if (dir->kind != NODE_DIRECTORY)
		return -ENOTDIR;
	*out = tree_listing_known(tree, dir);
	if (*out)
		return 0;

	for (;;) {
		builder = (struct listing_builder){ { 0 }, { 0 } };
		epoch = site_epoch(dir->site);
		err = dir->view->list(tree, dir, cancel, &builder, &epoch);
		listing = listing_finish(&builder);
		if (err < 0 || epoch == site_epoch(dir->site) ||
		    ++tries == TRIES)
			break;
		listing_put(listing);
	}
	if (err == 0 && !listing)
		err = -ENOMEM;
	if (err < 0) {
		listing_put(listing);
		return err;
	}
	lock(tree);
	if (dir->listing && !same_listing(dir->listing, listing))
		touch(tree, dir);
	listing_put(dir->listing);
	dir->listing = listing;
	dir->list_epoch = epoch;
	*out = listing_get(listing);
	unlock(tree);
	return 0;
}

int tree_readlink(struct tree *tree, struct node *node, struct cancel *cancel,
		  struct bytes **target)
{
	int err;

	if (node->kind != NODE_LINK)
		return -EINVAL;
	err = revalidate(tree, node, cancel);
	if (err < 0)
		return err;
	lock(tree);
	*target = bytes_get(node->target);
	unlock(tree);
	return *target ? 0 : -EIO;
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
	lock(tree);
	entry = &tree->errors[tree->errors_next++ % ERRORS_KEPT];
	free(entry->path);
	bytes_put(entry->message);
	entry->path = path.failed ? NULL : path.data;
	entry->message = bytes_get(message);
	entry->err = err;
	clock_gettime(CLOCK_REALTIME, &entry->time);
	tree->errors_total++;
	unlock(tree);
	if (path.failed)
		buf_release(&path);
}

#define EVENTS_KEPT (64u << 10) /* bytes */

/* With the lock held: forget the older half when there is much. */
static void add_event(struct tree *tree, const struct site *site)
{
	static const char *const folders[WIRE_CLASSES] = {
		".", "hosts", "homes", "darwin", "hardware", "flakes",
	};
	struct buf *events = &tree->events;
	char when[32], name[NAME_SIZE];
	const char *raw, *half;
	struct tm tm;
	size_t len;

	if (events->len > EVENTS_KEPT) {
		half = memchr(events->data + events->len / 2, '\n',
			      events->len - events->len / 2);
		len = half ? (size_t)(events->data + events->len - half - 1)
			   : 0;
		if (len)
			memmove(events->data, half + 1, len);
		events->len = len;
	}
	raw = worker_name(site->worker, &len);
	name_encode(raw, len, name);
	if (gmtime_r(&tree->time.tv_sec, &tm)) {
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
		buf_add_format(events, "%s %llu %s%s%s\n", when,
			       (unsigned long long)tree->generation,
			       folders[worker_class(site->worker)],
			       len ? "/" : "", len ? name : "");
	}
}

static void begin_generation(struct tree *tree, struct site *site)
{
	lock(tree);
	clock_gettime(CLOCK_REALTIME, &tree->time);
	tree->generation++;
	add_event(tree, site);
	unlock(tree);
}

void tree_renew(struct tree *tree, struct site *site)
{
	begin_generation(tree, site);
	worker_renew(site->worker);
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
	lock(tree);
	node->rewritten = true;
	unlock(tree);
}

void tree_set_time(struct tree *tree, int64_t time)
{
	lock(tree);
	tree->time = (struct timespec){ .tv_sec = time };
	unlock(tree);
}

void tree_each_known(struct tree *tree, struct site *site,
		     void (*fn)(void *arg, struct node *node), void *arg)
{
	struct node **known = NULL;
	size_t len = 0;

	lock(tree);
	known = calloc(tree->nodes.len, sizeof(struct node *));
	for (size_t i = 0; known && i <= tree->nodes.mask; i++) {
		struct node *node = tree->nodes.by_ino[i];

		for (; node; node = node->next_by_ino) {
			if (!node->lookups ||
			    (node->site != site &&
			     (!node->parent || node->parent->site != site)))
				continue;
			node_get(node);
			known[len++] = node;
		}
	}
	unlock(tree);
	for (size_t i = 0; i < len; i++) {
		fn(arg, known[i]);
		tree_put(tree, known[i]);
	}
	free(known);
}
