/*
 * tree.h - what the mount shows, without the mount
 *
 * A node is reached from the root by names, and gives attributes, a listing or
 * bytes. Each directory is answered for by a view (view.h): our own at the top
 * and in .flakefs, a host's worker below hosts/<host>. What was answered is
 * kept in the nodes until its host changes.
 *
 * All functions may be called from any thread. Those that take a cancel may
 * evaluate, and wait; they return -EINTR when cancelled. Nodes that are handed
 * out are counted (tree_put); listings and bytes too.
 */
#ifndef FS_TREE_H
#define FS_TREE_H

#include <sys/types.h>
#include <time.h>

#include "fs/node.h"
#include "fs/worker.h"

struct tree;

struct tree_config {
	struct workers_config workers;
	bool read_only;
	const char *author; /* -o author=, NULL: git's configuration */
	bool git_program;   /* -o git=program: commits are made by git(1) */
	const char *cache_folder; /* where answers are kept; NULL: nowhere */
	uint64_t cache_size;	  /* bytes */
};

struct tree *tree_new(const struct tree_config *config);
/* Let go, with -EIO, whoever waits for an evaluation now or later. */
void tree_stop(struct tree *tree);
/* Nobody may use the tree any more. */
void tree_free(struct tree *tree);

struct node_attr {
	uint64_t ino;
	mode_t mode; /* type and permissions */
	uint64_t size;
	struct timespec mtime;
	bool stable; /* stays so until somebody is told (tree_watch) */
};

struct node *tree_root(struct tree *tree); /* borrowed */
/* A reference for the caller to the node with this number, NULL if none. */
struct node *tree_by_ino(struct tree *tree, uint64_t ino);
void tree_put(struct tree *tree, struct node *node);

/*
 * The name in a directory. Returns 0 and a reference, or -errno. A -ENOENT that
 * holds until the directory's host changes also gives a node (of NODE_NONE), so
 * that the kernel's look-up of it can be counted; NULL else.
 */
int tree_lookup(struct tree *tree, struct node *dir, const char *name,
		size_t len, struct cancel *cancel, struct node **node);
/* The same for a path of names separated by '/'. */
int tree_walk(struct tree *tree, const char *path, struct cancel *cancel,
	      struct node **node);

/*
 * Count what the kernel is about to be told: the node and, unless NULL, its
 * attributes. False if they are out of date by now: nothing is counted then,
 * and they must be asked for again (or told with anyway set, and no time-out).
 * From here on the watcher is told when they change.
 */
bool tree_count_lookup(struct tree *tree, struct node *node,
		       const struct node_attr *attr, bool anyway);
/* The kernel forgets count look-ups. */
void tree_forget(struct tree *tree, uint64_t ino, uint64_t count);

/*
 * What stat() shows now. A file's value is evaluated for its size; if that
 * fails the size is 0 and *why, where given, the -errno.
 */
int tree_attr(struct tree *tree, struct node *node, struct cancel *cancel,
	      struct node_attr *attr, int *why);
/* The same from what is known, without evaluating: stable only if exact. */
void tree_attr_known(struct tree *tree, struct node *node,
		     struct node_attr *attr);

/*
 * A file's bytes: those that tree_attr() last gave the size of, if it did.
 * Returns -errno if they can't be evaluated.
 */
int tree_read(struct tree *tree, struct node *node, struct cancel *cancel,
	      struct bytes **bytes);
int tree_list(struct tree *tree, struct node *dir, struct cancel *cancel,
	      struct listing **listing);
/* A link's target. */
int tree_readlink(struct tree *tree, struct node *node, struct cancel *cancel,
		  struct bytes **target);

/* The node of an entry of dir's listing, if that can be told without asking:
 * a reference, or NULL. */
struct node *tree_entry(struct tree *tree, struct node *dir,
			const struct listing *listing,
			const struct listing_entry *entry);

/* The time that what has not changed since is shown to be of, seconds. */
void tree_set_time(struct tree *tree, int64_t time);

/* The evaluator's words for what failed last: a reference or NULL. */
struct bytes *tree_last_message(struct tree *tree);

/* Make or remove a directory: txn/<name>. -EROFS where that can't be. */
int tree_mkdir(struct tree *tree, struct node *dir, const char *name);
int tree_rmdir(struct tree *tree, struct node *dir, const char *name);

/* Who writes, for the commit's message. */
struct writer {
	uid_t uid;
	pid_t pid;
};

/*
 * Give the option behind the file the value written, as tree.md's "Writing"
 * says: 0 when it is committed and seen by every reader. offset: where in the
 * file's bytes; 0, or their end to add to them.
 */
int tree_write(struct tree *tree, struct node *node, const char *text,
	       size_t len, uint64_t offset, const struct writer *writer,
	       struct cancel *cancel);

/*
 * Who keeps copies of what the tree said (the kernel) is told when it is no
 * longer true. Called in the thread that made the change, without a lock.
 */
struct tree_watcher {
	void *arg;
	/* The site's nodes must be asked for anew. With wait, returns when
	 * everybody knows. */
	void (*changed)(void *arg, struct site *site, bool wait);
	/* Wait until every change to the repository so far is seen. */
	void (*sync)(void *arg);
};

void tree_watch(struct tree *tree, const struct tree_watcher *watcher);

/* Call fn for each node of a site that the kernel knows, with a reference. */
void tree_each_known(struct tree *tree, struct site *site,
		     void (*fn)(void *arg, struct node *node), void *arg);
/* The same for each file that was read in an earlier state of the site. */
void tree_each_outdated(struct tree *tree, struct site *site,
			void (*fn)(void *arg, struct node *node), void *arg);

#endif
