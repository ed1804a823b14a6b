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
	pthread_mutex_t commit_lock; /* the repository is being changed by us:
					no wait for the kernel under it */

	/* Under nodes.lock: */
	struct site *sites;
	struct timespec
		time; /* of what is shown: the commit's, or a change's */
	struct error_entry errors[ERRORS_KEPT]; /* a ring */
	size_t errors_next;
	uint64_t errors_total, generation, writes, refused;
	struct buf events;
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
};

extern const struct view view_root;    /* /, README */
extern const struct view view_commits; /* commits/ */
extern const struct view view_class;   /* hosts/ homes/ darwin/ hardware/ */
extern const struct view view_site;    /* below hosts/<host> */
extern const struct view view_control; /* .flakefs/ */

/* view_metrics.c: the file metrics. 0 or -errno. */
int metrics_text(struct tree *tree, struct cancel *cancel, struct buf *out);

/* 1 for none: what never changes. */
uint64_t site_epoch(const struct site *site);
/* The site of a host, made if need be; NULL when out of memory. revision: as
 * for workers_get(). */
struct site *tree_site(struct tree *tree, enum wire_class class,
		       const char *name, size_t len, const char *revision);
/* The commit that the site shows; NULL: what the mount shows. */
const char *site_revision(const struct site *site);

/* Is the directory's listing of its site's epoch? A reference, or NULL. */
struct listing *tree_listing_known(struct tree *tree, struct node *dir);

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

/* The site's values are out of date; everybody is to be told (tree_tell). */
void tree_renew(struct tree *tree, struct site *site);
/* The same, with a process that knows what is to come (worker_adopt()). */
void tree_adopt(struct tree *tree, struct site *site, struct worker *single);
/* Tell the watcher; with wait, return when everybody knows. */
void tree_tell(struct tree *tree, struct site *site, bool wait);

#endif
