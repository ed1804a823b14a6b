/*
 * tree_value.c - what nodes hold: values, listings, attributes
 *
 * A file's value is asked for when its size is wanted. Once the kernel was told
 * of it, it stays: tree_succeed() puts another node in its place.
 */
#include "fs/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fs/events.h"
#include "fs/view.h"

/* How often to ask again when the host changed while it answered. */
#define TRIES 4
/* How long a failure that may pass is not tried again, ns. */
#define RETRY_AFTER INT64_C(2000000000)

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

bool node_is_frozen(const struct node *node)
{
	return node->kind == NODE_FILE && node->lookups && node->bytes &&
	       !node->err && !node->rewritten && !(node->flags & NODE_DYNAMIC);
}

bool node_is_old(const struct node *node)
{
	return node_is_frozen(node) &&
	       node->load_epoch != site_epoch(node->site);
}

/* Is the node still there, as the same kind of thing? */
static int revalidate(struct tree *tree, struct node *node,
		      struct cancel *cancel)
{
	struct node *again;
	bool same, known;
	int err;

	tree_lock(tree);
	known = !node->parent || node_is_frozen(node) ||
		(node->seen_epoch == node_seen_epoch(node) && !node->detached);
	tree_unlock(tree);
	if (known)
		return 0;
	if (node->detached)
		return -ESTALE;
	err = tree_find(tree, node->parent, node->name, node->name_len, cancel,
			&again);
	if (!again)
		return err;
	same = again == node;
	tree_put(tree, again);
	if (err == 0 && !same)
		err = -ESTALE;
	return err;
}

void tree_touch(struct tree *tree, struct node *node)
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
	bool same = err == 0 && node->bytes &&
		    same_bytes(node->bytes, loaded->bytes);

	/* One that fails as before is none that changed. */
	if (had && (err != node->err || (err == 0 && !same)) &&
	    !(node->flags & NODE_DYNAMIC))
		events_add_node(tree, node);
	if (same) {
		bytes_put(loaded->bytes);
	} else {
		bytes_put(node->bytes);
		node->bytes = loaded->bytes;
		if (had)
			tree_touch(tree, node);
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

bool node_is_loaded(const struct node *node)
{
	uint64_t epoch = site_epoch(node->site);

	if (node->flags & NODE_DYNAMIC)
		return false;
	if (!node->err_until)
		return node->load_epoch == epoch;
	/* The death that failed it may have been the end of its epoch: the
	 * same is not tried again for that. */
	return now_ns() < node->err_until &&
	       (node->load_epoch == epoch ||
		(node->load_epoch + 1 == epoch && node->site &&
		 worker_was_lost(node->site->worker)));
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

	tree_lock(tree);
	known = node_is_frozen(node) || node_is_loaded(node);
	err = node->err;
	tree->loads++;
	tree->load_hits += known;
	tree_unlock(tree);
	if (known)
		return err;

	err = ask(tree, node, cancel, &loaded);
	if (err == -EINTR)
		return err;
	tree_lock(tree);
	/* Somebody else's answer may have been told meanwhile. */
	if (node_is_frozen(node)) {
		bytes_put(loaded.bytes);
		bytes_put(loaded.message);
		err = 0;
	} else {
		keep_loaded(tree, node, err, &loaded);
	}
	tree_unlock(tree);
	return err;
}

int tree_succeed(struct tree *tree, struct node **at, struct cancel *cancel)
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
	tree_lock(tree);
	if (err == 0 && same_bytes(node->bytes, loaded.bytes)) {
		node->load_epoch = loaded.epoch;
		bytes_put(loaded.bytes);
		bytes_put(loaded.message);
		tree_unlock(tree);
		return 0;
	}
	if (!node->detached) {
		events_add_node(tree, node);
		node_detach(&tree->nodes, node);
		init.flags = node->flags;
		next = node_add(&tree->nodes, node->parent, node->name,
				node->name_len, &init);
	} else {
		/* Another thread has found out too. */
		next = node_find(&tree->nodes, node->parent, node->name,
				 node->name_len);
		if (next)
			node_get(&tree->nodes, next);
	}
	if (next && next->load_epoch != loaded.epoch && !node_is_frozen(next)) {
		next->mtime = node->mtime;
		tree_touch(tree, next);
		next->seen_epoch = node->seen_epoch;
		keep_loaded(tree, next, err, &loaded);
	} else {
		bytes_put(loaded.bytes);
		bytes_put(loaded.message);
	}
	node_put(&tree->nodes, node);
	tree_unlock(tree);
	*at = next;
	return next ? 0 : -ENOMEM;
}

struct bytes *tree_last_message(struct tree *tree)
{
	struct bytes *message = NULL;

	tree_lock(tree);
	if (tree->errors_next)
		message = bytes_get(
			tree->errors[(tree->errors_next - 1) % ERRORS_KEPT]
				.message);
	tree_unlock(tree);
	return message;
}

static mode_t node_mode(const struct tree *tree, const struct node *node)
{
	switch (node->kind) {
	case NODE_DIRECTORY:
		return S_IFDIR | (node->view && node->view->make &&
						  !tree->config.read_only
					  ? 0755
					  : 0555);
	case NODE_LINK:
		return S_IFLNK | 0777;
	default:
		return S_IFREG | (node->flags & NODE_WRITABLE &&
						  !tree->config.read_only &&
						  !site_is_fixed(node->site)
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
	tree_lock(tree);
	if (node->kind == NODE_FILE)
		node->size = node->bytes ? node->bytes->len : 0;
	else if (node->target)
		node->size = node->target->len;
	fill_attr(tree, node, attr);
	/* A file of size 0 that can't be read must be asked about on every
	 * read: the kernel takes it for empty otherwise. */
	attr->stable = load == 0 && !(node->flags & NODE_DYNAMIC);
	tree_unlock(tree);
	if (why)
		*why = load;
	return 0;
}

void tree_attr_known(struct tree *tree, struct node *node,
		     struct node_attr *attr)
{
	tree_lock(tree);
	if (node->kind == NODE_FILE && !node->err &&
	    (node_is_frozen(node) || node_is_loaded(node))) {
		node->size = node->bytes->len;
		fill_attr(tree, node, attr);
		attr->stable = !node_moves(node);
	} else {
		fill_attr(tree, node, attr);
		attr->stable = node->kind != NODE_FILE && !node_moves(node);
	}
	tree_unlock(tree);
}

int tree_read(struct tree *tree, struct node *node, struct cancel *cancel,
	      struct bytes **bytes)
{
	int err;

	if (node->kind != NODE_FILE)
		return node->kind == NODE_DIRECTORY ? -EISDIR : -EINVAL;
	tree_lock(tree);
	*bytes = bytes_get(node->bytes);
	tree_unlock(tree);
	if (*bytes)
		return 0;
	err = tree_load(tree, node, cancel);
	tree_lock(tree);
	*bytes = bytes_get(node->bytes);
	tree_unlock(tree);
	return *bytes ? 0 : err ? err : -EIO;
}

struct listing *tree_listing_known(struct tree *tree, struct node *dir)
{
	struct listing *listing = NULL;

	tree_lock(tree);
	if (dir->listing && dir->list_epoch == site_epoch(dir->site) &&
	    !(dir->flags & NODE_DYNAMIC))
		listing = listing_get(dir->listing);
	tree_unlock(tree);
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
	tree_lock(tree);
	if (dir->listing && !same_listing(dir->listing, listing))
		tree_touch(tree, dir);
	listing_put(dir->listing);
	dir->listing = listing;
	dir->list_epoch = epoch;
	*out = listing_get(listing);
	tree_unlock(tree);
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
	tree_lock(tree);
	*target = bytes_get(node->target);
	tree_unlock(tree);
	return *target ? 0 : -EIO;
}
