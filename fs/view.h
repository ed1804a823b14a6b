/*
 * view.h - who answers for a directory of the tree
 *
 * Private to the tree: tree.c and the view_*.c.
 */
#ifndef FS_VIEW_H
#define FS_VIEW_H

#include "fs/tree.h"

/*
 * What the values below a directory depend on: one worker. The repository's
 * site answers for the lists of hosts.
 */
struct site {
	struct site *next;
	struct worker *worker;
	struct batch *batch; /* what it shows changed; NULL: none */
};

struct error_entry {
	struct timespec time;
	int err;
	char *path;
	struct bytes *message;
};

#define ERRORS_KEPT 100

struct tree {
	struct tree_config config;
	struct workers *workers;
	struct nodes nodes;
	struct site *repository;
	struct tree_watcher watcher; /* set before there are threads */
	struct timespec started;
	pthread_mutex_t write_lock;  /* one write at a time */
	struct batch *batches;	     /* batch.h; under nodes.lock */
	struct history *history;     /* history.h */
	pthread_mutex_t commit_lock; /* the repository is being changed by us:
					no wait for the kernel under it */

	/* Under nodes.lock: */
	struct site *sites;
	struct timespec
		time; /* of what is shown: the commit's, or a change's */
	struct error_entry errors[ERRORS_KEPT]; /* a ring */
	size_t errors_next;
	uint64_t errors_total, generation, writes, refused;
	struct buf events;    /* events.h */
	int64_t events_until; /* watched until then, CLOCK_MONOTONIC s */
	uint64_t loads, load_hits;
};

/* What a name was found to be. */
struct found {
	struct node_init init;
	uint64_t epoch;	      /* of the directory's site */
	struct bytes *target; /* of a link */
	struct buf raw;	      /* behind init.raw */
};

/* What a file was found to hold. */
struct loaded {
	struct bytes *bytes;
	uint64_t epoch;
	struct bytes *message; /* of a failure */
	bool passing;	       /* the failure may be gone soon */
};

struct view {
	/* name has no '/', and isn't "." or "..". */
	int (*lookup)(struct tree *tree, struct node *dir, const char *name,
		      size_t len, struct cancel *cancel, struct found *found);
	int (*list)(struct tree *tree, struct node *dir, struct cancel *cancel,
		    struct listing_builder *out, uint64_t *epoch);
	int (*load)(struct tree *tree, struct node *node, struct cancel *cancel,
		    struct loaded *loaded);
	bool evaluates; /* a look-up may */
	/* The rest may be NULL. A value is written to a file. */
	int (*write)(struct tree *tree, struct node *node, const char *text,
		     size_t len, const struct writer *writer,
		     struct cancel *cancel);
	/* A directory is made and removed in this one. */
	int (*make)(struct tree *tree, struct node *dir, const char *name,
		    size_t len);
	int (*remove)(struct tree *tree, struct node *dir, const char *name,
		      size_t len);
};

extern const struct view view_root;    /* /, README */
extern const struct view view_commits; /* commits/ */
extern const struct view view_class;   /* hosts/ homes/ darwin/ hardware/ */
extern const struct view view_site;    /* below hosts/<host> */
extern const struct view view_txn;     /* txn/ */
extern const struct view view_batch;   /* txn/<name>/ */
extern const struct view view_history; /* below hosts/<host>/history */
extern const struct view view_control; /* .flakefs/ */

/* view_metrics.c: the file metrics. 0 or -errno. */
int metrics_text(struct tree *tree, struct cancel *cancel, struct buf *out);

/* 1 for none: what never changes. */
uint64_t site_epoch(const struct site *site);
/* The site of a host, made if need be; NULL when out of memory. revision: as
 * for workers_get(). */
struct site *tree_site(struct tree *tree, enum wire_class class,
		       const char *name, size_t len, const char *revision);
/* The same, showing what another site shows: a commit, a batch. */
struct site *tree_site_beside(struct tree *tree, const struct site *site,
			      enum wire_class class, const char *name,
			      size_t len);
/* The commit that the site shows; NULL: what the mount shows. */
const char *site_revision(const struct site *site);
/* Can nothing be written in it? */
bool site_is_fixed(const struct site *site);

static inline void tree_lock(struct tree *tree)
{
	pthread_mutex_lock(&tree->nodes.lock);
}

static inline void tree_unlock(struct tree *tree)
{
	pthread_mutex_unlock(&tree->nodes.lock);
}

/* The epoch that decides whether the node is still there. */
static inline uint64_t node_seen_epoch(const struct node *node)
{
	return node->parent ? site_epoch(node->parent->site) : 1;
}

/* Ask the directory's view for a name, and enter what it says. */
int tree_find(struct tree *tree, struct node *dir, const char *name, size_t len,
	      struct cancel *cancel, struct node **node);

/*
 * What the kernel was told of a value stays: who has the file open, or reads it
 * just now, gets one value whole. Another value is another node. Both with the
 * lock held.
 */
bool node_is_frozen(const struct node *node);
/* Frozen, and perhaps not the value of this epoch. */
bool node_is_old(const struct node *node);

/* A link that leads elsewhere as it pleases: commits/<branch>. */
static inline bool node_moves(const struct node *node)
{
	return node->kind == NODE_LINK && node->flags & NODE_DYNAMIC;
}

/*
 * The node that the name is now, if the one there is old: itself if the value
 * is the same, else another. Takes the reference, gives one.
 */
int tree_succeed(struct tree *tree, struct node **at, struct cancel *cancel);

/* The content changed: it must have another time, or the kernel keeps the old
 * pages. With the lock held. */
void tree_touch(struct tree *tree, struct node *node);

/* Is the directory's listing of its site's epoch? A reference, or NULL. */
struct listing *tree_listing_known(struct tree *tree, struct node *dir);

/* Is what is known of a file of this epoch? With the lock held. */
bool node_is_loaded(const struct node *node);

/* Load a file unless it is known; why it failed or 0. */
int tree_load(struct tree *tree, struct node *node, struct cancel *cancel);

/* "hosts/ares/options/a", in out. */
void node_path(const struct node *node, struct buf *out);
/* The raw names from the site's root on, encoded as a wire path. */
int node_wire_path(const struct node *node, struct buf *out);

/* Keep the message for .flakefs/errors, and log it. */
void tree_error(struct tree *tree, const struct node *node, int err,
		struct bytes *message);

/* The node's bytes are written through the kernel, in place: what it holds is
 * to be asked for anew. */
void tree_rewrite(struct tree *tree, struct node *node);

/* The site's values are out of date; everybody is to be told (tree_tell).
 * lost: as for worker_renew(). */
void tree_renew(struct tree *tree, struct site *site, bool lost);
/* The same, with a process that knows what is to come (worker_adopt()). */
void tree_adopt(struct tree *tree, struct site *site, struct worker *single);
/* Tell the watcher; with wait, return when everybody knows. */
void tree_tell(struct tree *tree, struct site *site, bool wait);

#endif
