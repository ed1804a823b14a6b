/*
 * node.c - the nodes of the tree, found by number and by name
 *
 * Two chained hash tables of one size, doubled when there are more nodes than
 * chains.
 */
#include "fs/node.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "fs/name.h"

/* What is kept for nobody: 100,000 small values. */
#define KEEP_BYTES (40u << 20)

static uint64_t hash_name(const struct node *parent, const char *name,
			  size_t len, unsigned salt)
{
	return XXH3_64bits_withSeed(name, len, parent->ino * 8 + salt);
}

static struct node **name_chain(struct nodes *nodes, const struct node *parent,
				const char *name, size_t len)
{
	return &nodes->by_name[hash_name(parent, name, len, 7) & nodes->mask];
}

static struct node **ino_chain(struct nodes *nodes, uint64_t ino)
{
	/* The numbers are hashes already, but for the root's. */
	return &nodes->by_ino[(ino ^ ino >> 32) & nodes->mask];
}

struct node *node_find(struct nodes *nodes, const struct node *parent,
		       const char *name, size_t len)
{
	struct node *node = *name_chain(nodes, parent, name, len);

	while (node && (node->parent != parent || node->name_len != len ||
			memcmp(node->name, name, len) != 0))
		node = node->next_by_name;
	return node;
}

struct node *node_by_ino(struct nodes *nodes, uint64_t ino)
{
	struct node *node = *ino_chain(nodes, ino);

	while (node && node->ino != ino)
		node = node->next_by_ino;
	return node;
}

static void link_name(struct nodes *nodes, struct node *node)
{
	struct node **chain;

	if (!node->parent || node->detached)
		return;
	chain = name_chain(nodes, node->parent, node->name, node->name_len);
	node->next_by_name = *chain;
	*chain = node;
}

static void link_ino(struct nodes *nodes, struct node *node)
{
	struct node **chain = ino_chain(nodes, node->ino);

	node->next_by_ino = *chain;
	*chain = node;
}

static void unlink_name(struct nodes *nodes, struct node *node)
{
	struct node **at;

	if (!node->parent || node->detached)
		return;
	at = name_chain(nodes, node->parent, node->name, node->name_len);
	while (*at != node)
		at = &(*at)->next_by_name;
	*at = node->next_by_name;
}

static void unlink_ino(struct nodes *nodes, struct node *node)
{
	struct node **at = ino_chain(nodes, node->ino);

	while (*at != node)
		at = &(*at)->next_by_ino;
	*at = node->next_by_ino;
}

/* More chains; without memory for them the ones there are grow longer. */
static void grow(struct nodes *nodes)
{
	size_t old = nodes->mask + 1, size = 2 * old;
	struct node **by_name, **by_ino, **old_inos = nodes->by_ino;

	by_name = calloc(size, sizeof(*by_name));
	by_ino = calloc(size, sizeof(*by_ino));
	if (!by_name || !by_ino) {
		free(by_name);
		free(by_ino);
		return;
	}
	free(nodes->by_name);
	nodes->by_name = by_name;
	nodes->by_ino = by_ino;
	nodes->mask = size - 1;
	for (size_t i = 0; i < old; i++) {
		struct node *node = old_inos[i], *next;

		for (; node; node = next) {
			next = node->next_by_ino;
			link_ino(nodes, node);
			link_name(nodes, node);
		}
	}
	free(old_inos);
}

static uint64_t new_ino(struct nodes *nodes, const struct node *node)
{
	uint64_t ino;

	if (!node->parent)
		return NODE_ROOT;
	ino = hash_name(node->parent, node->name, node->name_len, node->kind);
	/* Some programs keep inode numbers in a signed 64-bit integer. */
	ino &= INT64_MAX;
	while (ino <= NODE_ROOT || node_by_ino(nodes, ino))
		ino = (ino + 1) & INT64_MAX;
	return ino;
}

struct node *node_add(struct nodes *nodes, struct node *parent,
		      const char *name, size_t len,
		      const struct node_init *init)
{
	struct node *node = calloc(1, sizeof(*node) + len + 1);

	if (!node)
		return NULL;
	if (init->raw) {
		node->raw = malloc(init->raw_len + 1);
		if (!node->raw) {
			free(node);
			return NULL;
		}
		memcpy(node->raw, init->raw, init->raw_len);
		node->raw_len = (uint32_t)init->raw_len;
	}
	node->parent = parent;
	node->view = init->view;
	node->site = init->site;
	node->kind = (uint8_t)init->kind;
	node->format = (uint8_t)init->format;
	node->row = init->row;
	node->flags = init->flags;
	node->verbatim = init->flags & NODE_HIDDEN;
	node->refs = 1;
	node->name_len = (uint32_t)len;
	memcpy(node->name, name, len);
	node->ino = new_ino(nodes, node);

	assert(!parent || !node_find(nodes, parent, name, len));
	if (parent)
		node_get(nodes, parent);
	if (nodes->len > nodes->mask)
		grow(nodes);
	link_name(nodes, node);
	link_ino(nodes, node);
	nodes->len++;
	nodes->absent += node->kind == NODE_NONE;
	return node;
}

void node_detach(struct nodes *nodes, struct node *node)
{
	unlink_name(nodes, node);
	node->detached = true;
}

/* --- what nobody holds -------------------------------------------------- */

/* About what it takes of memory. */
static size_t weight(const struct node *node)
{
	size_t bytes = sizeof(*node) + 64 + node->name_len;

	if (node->bytes)
		bytes += sizeof(*node->bytes) + node->bytes->len;
	if (node->listing)
		bytes += node->listing->len *
			 (sizeof(struct listing_entry) + 16);
	return bytes;
}

static void keep(struct nodes *nodes, struct node *node)
{
	node->older = nodes->newest;
	node->newer = NULL;
	if (nodes->newest)
		nodes->newest->newer = node;
	else
		nodes->oldest = node;
	nodes->newest = node;
	nodes->kept++;
	nodes->kept_bytes += weight(node);
}

static void unkeep(struct nodes *nodes, struct node *node)
{
	if (node->older)
		node->older->newer = node->newer;
	else
		nodes->oldest = node->newer;
	if (node->newer)
		node->newer->older = node->older;
	else
		nodes->newest = node->older;
	node->older = node->newer = NULL;
	nodes->kept--;
	nodes->kept_bytes -= weight(node);
}

static bool worth_keeping(const struct node *node)
{
	return node->parent && !node->detached &&
	       !(node->flags & NODE_DYNAMIC) && !node->err &&
	       (node->kind == NODE_FILE	       ? node->bytes != NULL
		: node->kind == NODE_DIRECTORY ? node->listing != NULL
					       : false);
}

/* Nobody holds it, nor will. Gives its parent, to be put. */
static struct node *destroy(struct nodes *nodes, struct node *node)
{
	struct node *parent = node->parent;

	unlink_name(nodes, node);
	unlink_ino(nodes, node);
	nodes->len--;
	nodes->absent -= node->kind == NODE_NONE;
	bytes_put(node->bytes);
	bytes_put(node->message);
	bytes_put(node->target);
	listing_put(node->listing);
	free(node->raw);
	free(node);
	return parent;
}

void node_get(struct nodes *nodes, struct node *node)
{
	if (!node->refs++)
		unkeep(nodes, node);
}

static void put(struct nodes *nodes, struct node *node)
{
	while (node && !--node->refs) {
		if (worth_keeping(node)) {
			keep(nodes, node);
			return;
		}
		node = destroy(nodes, node);
	}
}

void node_put(struct nodes *nodes, struct node *node)
{
	put(nodes, node);
	while (nodes->oldest && nodes->kept_bytes > nodes->keep_bytes) {
		struct node *oldest = nodes->oldest;

		unkeep(nodes, oldest);
		put(nodes, destroy(nodes, oldest));
	}
}

void node_count_lookup(struct nodes *nodes, struct node *node)
{
	if (!node->lookups++)
		node_get(nodes, node);
}

void node_forget(struct nodes *nodes, struct node *node, uint64_t count)
{
	if (!node->lookups)
		return;
	node->lookups = count < node->lookups ? node->lookups - count : 0;
	if (!node->lookups)
		node_put(nodes, node);
}

int nodes_init(struct nodes *nodes, const struct node_init *root)
{
	*nodes = (struct nodes){ .mask = 1023, .keep_bytes = KEEP_BYTES };
	pthread_mutex_init(&nodes->lock, NULL);
	nodes->by_name = calloc(nodes->mask + 1, sizeof(*nodes->by_name));
	nodes->by_ino = calloc(nodes->mask + 1, sizeof(*nodes->by_ino));
	if (nodes->by_name && nodes->by_ino)
		nodes->root = node_add(nodes, NULL, "", 0, root);
	if (nodes->root)
		return 0;
	free(nodes->by_name);
	free(nodes->by_ino);
	pthread_mutex_destroy(&nodes->lock);
	return -ENOMEM;
}

void nodes_release(struct nodes *nodes)
{
	/* Whatever references are left: nobody is there to give them back. */
	for (size_t i = 0; i <= nodes->mask; i++)
		while (nodes->by_ino[i]) {
			struct node *node = nodes->by_ino[i];

			nodes->by_ino[i] = node->next_by_ino;
			bytes_put(node->bytes);
			bytes_put(node->message);
			bytes_put(node->target);
			listing_put(node->listing);
			free(node->raw);
			free(node);
		}
	free(nodes->by_name);
	free(nodes->by_ino);
	pthread_mutex_destroy(&nodes->lock);
}

/* --- listings ----------------------------------------------------------- */

struct listing *listing_get(struct listing *listing)
{
	__atomic_add_fetch(&listing->refs, 1, __ATOMIC_RELAXED);
	return listing;
}

void listing_put(struct listing *listing)
{
	if (!listing || __atomic_sub_fetch(&listing->refs, 1, __ATOMIC_ACQ_REL))
		return;
	free(listing->entries);
	free(listing->text);
	free(listing);
}

static void add_entry(struct listing_builder *builder, const char *name,
		      size_t name_len, const char *raw, size_t raw_len,
		      enum node_kind kind, unsigned flags)
{
	struct listing_entry entry = { 0 };

	/* Offsets, one more so that 0 is none: the text still moves. */
	entry.name = (const char *)(uintptr_t)(builder->text.len + 1);
	buf_add(&builder->text, name, name_len + 1);
	if (raw) {
		entry.raw = (const char *)(uintptr_t)(builder->text.len + 1);
		entry.raw_len = (uint32_t)raw_len;
		buf_add(&builder->text, raw, raw_len);
	}
	entry.kind = (uint8_t)kind;
	entry.flags = (uint8_t)flags;
	buf_add(&builder->entries, &entry, sizeof(entry));
}

void listing_add_own(struct listing_builder *builder, const char *name,
		     enum node_kind kind, unsigned flags)
{
	add_entry(builder, name, strlen(name), NULL, 0, kind, flags);
}

void listing_add(struct listing_builder *builder, const char *raw, size_t len,
		 enum node_kind kind, unsigned flags)
{
	char name[NAME_SIZE];
	size_t name_len = name_encode(raw, len, name);
	bool whole = name_len < NAME_SIZE - 1 || len == name_len;

	add_entry(builder, name, name_len, whole ? NULL : raw, len, kind,
		  flags);
}

static int compare_entries(const void *a, const void *b)
{
	const struct listing_entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void *trim(struct buf *buf)
{
	void *data = buf->len ? realloc(buf->data, buf->len) : NULL;

	return data ? data : buf->data;
}

struct listing *listing_finish(struct listing_builder *builder)
{
	struct listing *listing = NULL;
	size_t kept = 0;

	if (builder->entries.failed || builder->text.failed)
		goto out;
	listing = calloc(1, sizeof(*listing));
	if (!listing)
		goto out;
	listing->refs = 1;
	listing->len = builder->entries.len / sizeof(struct listing_entry);
	/* There are as many listings as directories: no room is left over. */
	listing->entries = trim(&builder->entries);
	listing->text = trim(&builder->text);
	builder->entries = builder->text = (struct buf)BUF_INIT;
	for (size_t i = 0; i < listing->len; i++) {
		struct listing_entry *entry = &listing->entries[i];

		entry->name = listing->text + ((uintptr_t)entry->name - 1);
		if (entry->raw)
			entry->raw =
				listing->text + ((uintptr_t)entry->raw - 1);
	}
	if (listing->len)
		qsort(listing->entries, listing->len, sizeof(*listing->entries),
		      compare_entries);
	/* The kernel must never see a name twice, whatever a worker says. */
	for (size_t i = 0; i < listing->len; i++)
		if (!i || strcmp(listing->entries[i].name,
				 listing->entries[kept - 1].name) != 0)
			listing->entries[kept++] = listing->entries[i];
	listing->len = kept;
out:
	buf_release(&builder->entries);
	buf_release(&builder->text);
	return listing;
}

const struct listing_entry *listing_find(const struct listing *listing,
					 const char *name, size_t len)
{
	size_t low = 0, high = listing->len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const char *other = listing->entries[mid].name;
		int order = strncmp(name, other, len);

		if (!order)
			order = other[len] ? -1 : 0;
		if (!order)
			return &listing->entries[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}
