/*
 * node.h - the nodes of the tree, found by number and by name
 *
 * A node is a name in a directory, with what is known of it by now. It has one
 * inode number for its life, the same again when it is made anew: a hash of
 * its way from the root and of its kind. A node whose kind changes is another
 * node, and so is a file whose value changes once the kernel knows it: as if
 * the new one had been renamed over the old.
 *
 * Nodes are counted: by whoever uses one, by their children, and once for all
 * look-ups of the kernel's (lookups, until they are forgotten). Names that the
 * kernel believes absent have a node too (NODE_NONE), so that it can be told
 * when they appear.
 *
 * What nobody holds any more is kept while there is room, if it knows a value
 * or a listing: the kernel forgets for want of memory, and asks again.
 *
 * Everything in a node that changes is under the table's lock; no lock is held
 * across a question to a worker.
 */
#ifndef FS_NODE_H
#define FS_NODE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "eval/wire.h"
#include "fs/bytes.h"

#define NODE_ROOT 1 /* the root's inode number */

struct site;
struct view;

enum node_kind {
	NODE_NONE, /* there is no such name */
	NODE_DIRECTORY,
	NODE_FILE,
	NODE_LINK,
};

enum node_flags {
	NODE_WRITABLE = 1,
	NODE_HIDDEN = 2,  /* not listed */
	NODE_DYNAMIC = 4, /* changes by itself: one content per attribute
			     request */
	NODE_SLOW = 8,	  /* dynamic, and so dear that only who reads it is to
			     have it made: others are told its last size */
};

/* What a directory holds, sorted by name. Counted like struct bytes. */
struct listing {
	unsigned refs; /* atomic */
	size_t len;
	struct listing_entry {
		const char *name; /* encoded, NUL-terminated */
		const char *raw;  /* the name itself, if name was shortened */
		uint32_t raw_len;
		uint8_t kind; /* enum node_kind; NODE_NONE: not known */
		uint8_t flags;
	} * entries;
	char *text; /* that names point into */
};

struct node {
	/* Final once made: */
	struct node *parent; /* NULL of the root */
	const struct view *view;
	struct site *site; /* what it is of; NULL: of nothing that changes */
	uint64_t ino;
	char *raw; /* of a shortened name, else NULL */
	uint32_t raw_len;
	uint8_t kind;
	uint8_t format; /* enum wire_format: what a companion shows */
	bool verbatim;	/* the name is ours, and not encoded */
	uint16_t row;	/* for the view's own use */
	uint32_t name_len;

	/* Under the table's lock: */
	struct node *next_by_name, *next_by_ino;
	struct node *older, *newer; /* among those that nobody holds */
	unsigned refs;
	uint64_t lookups;
	bool detached;	/* no more to be found by name */
	bool rewritten; /* its bytes may change: it was written to */
	uint8_t flags;
	uint64_t seen_epoch; /* the site's, when it was last seen to exist */
	uint64_t load_epoch; /* that bytes or err is of; 0: none */
	int err;	     /* -errno: why there are no bytes */
	int64_t err_until;   /* when to try again, CLOCK_MONOTONIC ns; 0: not in
				this epoch */
	struct bytes *bytes; /* may be older than load_epoch if that failed */
	struct bytes *message; /* the evaluator's, for err */
	struct bytes *target;  /* of a link */
	uint64_t list_epoch;
	struct listing *listing;
	uint64_t size; /* that the kernel was told last */
	struct timespec mtime;

	char name[]; /* as in its directory; "" of the root */
};

struct nodes {
	pthread_mutex_t lock;
	struct node **by_name, **by_ino;
	size_t mask; /* of both tables: their size less 1 */
	size_t len;
	size_t absent; /* NODE_NONE among them */
	struct node *root;
	struct node *oldest, *newest; /* that nobody holds, kept for what they
					 know */
	size_t kept, kept_bytes, keep_bytes; /* the last: at most */
};

/* What a new node is to be. */
struct node_init {
	const struct view *view;
	struct site *site;
	const char *raw;
	size_t raw_len;
	enum node_kind kind;
	enum wire_format format;
	uint16_t row;
	uint8_t flags;
};

int nodes_init(struct nodes *nodes, const struct node_init *root);
void nodes_release(struct nodes *nodes);

/* The functions below want the lock held. */

/* Borrowed; NULL if it isn't there. */
struct node *node_find(struct nodes *nodes, const struct node *parent,
		       const char *name, size_t len);
struct node *node_by_ino(struct nodes *nodes, uint64_t ino);

/* A new node with one reference; NULL when out of memory. The name must be
 * free. */
struct node *node_add(struct nodes *nodes, struct node *parent,
		      const char *name, size_t len,
		      const struct node_init *init);

/* Free its name for another; it goes with its last reference. */
void node_detach(struct nodes *nodes, struct node *node);

void node_get(struct nodes *nodes, struct node *node);
void node_put(struct nodes *nodes, struct node *node);

/* The kernel looked it up, or forgets count look-ups. */
void node_count_lookup(struct nodes *nodes, struct node *node);
void node_forget(struct nodes *nodes, struct node *node, uint64_t count);

/* These do not need the lock. */
struct listing *listing_get(struct listing *listing);
void listing_put(struct listing *listing);
const struct listing_entry *listing_find(const struct listing *listing,
					 const char *name, size_t len);

/* Collects entries; then listing_finish() gives the listing, NULL when out of
 * memory, and releases the builder. */
struct listing_builder {
	struct buf entries; /* of struct listing_entry, offsets in place of
			       pointers */
	struct buf text;
};

void listing_add(struct listing_builder *builder, const char *raw, size_t len,
		 enum node_kind kind, unsigned flags);
/* A name of ours, which is not encoded. */
void listing_add_own(struct listing_builder *builder, const char *name,
		     enum node_kind kind, unsigned flags);
struct listing *listing_finish(struct listing_builder *builder);

#endif
