/*
 * source_private.h - what the kinds of sources share; for source*.c and trace.c
 */
#ifndef EVAL_SOURCE_PRIVATE_H
#define EVAL_SOURCE_PRIVATE_H

#include <xxhash.h>

#include "eval/source.h"
#include "eval/trace.h"

/* A larger file is refused: -EFBIG. */
#define SOURCE_FILE_MAX ((uint64_t)1 << 30)

/*
 * How one kind of source reads. Paths are as in source.h; the folders above
 * one are known to be folders and no links. All return 0 or -errno.
 */
struct source_ops {
	int (*stat)(struct eval *ev, struct source *source, const char *path,
		    struct source_stat *out);
	/* Ask room() for size + 1 bytes, as often as the size turns out to be
	 * larger, and put the bytes into what it gave last. */
	int (*read)(struct eval *ev, struct source *source, const char *path,
		    const struct source_stat *st,
		    void *(*room)(void *arg, size_t size), void *arg,
		    size_t *len);
	/* Call add() for each entry. */
	int (*list)(struct eval *ev, struct source *source, const char *path,
		    int (*add)(void *arg, const char *name, size_t len,
			       enum source_type type),
		    void *arg);
	/* The target's length, at most room - 1; a NUL after it. */
	int (*readlink)(struct eval *ev, struct source *source,
			const char *path, char *buffer, size_t room);
	/* The git blob of a regular file (20 bytes); false if not known. NULL:
	 * never known. */
	bool (*blob)(struct eval *ev, struct source *source, const char *path,
		     uint8_t *oid);
	/* Release what private holds; NULL: nothing. */
	void (*release)(struct source *source);
	/* Word -ENOENT for path; NULL: in the usual words. */
	value (*missing)(struct eval *ev, pos_t pos, struct source *source,
			 const char *path);
};

/* What is known of one path of one source: the cache and the trace. */
struct source_node {
	struct source *source;
	uint64_t hash;
	uint32_t len;
	uint16_t known; /* enum node_known */
	uint16_t reads; /* enum trace_kind: what evaluation has seen of it */
	uint16_t told;	/* those of reads that trace_news() has told */
	bool imported;	/* see trace.h */
	struct source_stat st;
	const char *bytes; /* NODE_BYTES */
	size_t size;
	struct source_entry *entries; /* NODE_ENTRIES */
	size_t count;
	const char *target; /* NODE_TARGET */
	XXH128_hash_t content;
	void *data;		  /* the kind of source's own */
	struct source_node *next; /* in order of first use */
	char path[];
};

enum node_known {
	NODE_STAT = 1,
	NODE_PLAIN = 2, /* neither it nor a folder above is a link */
	NODE_BYTES = 4,
	NODE_ENTRIES = 8,
	NODE_TARGET = 16,
};

struct source_set {
	struct source **sources; /* by id */
	uint32_t count, room;
	struct source_node **slots; /* open addressing; mask + 1 of them */
	size_t mask, used;
	struct source_node *first, **last;
	struct trace_variable *variables; /* trace.c, and the next three */
	struct trace_commit *commits;
	struct trace_place *places;
	bool passing;
	struct git_repo *repos;		 /* source_git.c */
	struct source *machine;		 /* source_machine() */
	struct registry_set *registries; /* registry.c */
	struct input_tree *trees;	 /* input.c */
	uint32_t ntrees;
	char **allowed; /* source_allow() */
	size_t nallowed;
};

struct source_set *source_set_of(struct eval *ev);

/* Close all repositories; for source_release(). */
void git_repos_release(struct source_set *set);

/* A source of these ops under a stand-in prefix; NULL with the error
 * pending. label is copied. */
struct source *source_new(struct eval *ev, const struct source_ops *ops,
			  const char *label, void *private);

/* The node of a path, made if need be; NULL when memory ran out. */
struct source_node *source_node(struct eval *ev, struct source *source,
				const char *path, size_t len);
/* What was missing at a path may be there by now. */
void source_forget(struct eval *ev, struct source *source, const char *path);

/*
 * source_read() that keeps nothing: the bytes are *bytes until the next call.
 * *heap (*room bytes, grown at need) is the caller's to free.
 */
int source_read_once(struct eval *ev, struct source *source, const char *path,
		     char **heap, size_t *room, const char **bytes,
		     size_t *len);

/* A source like below, into which others are put at paths ("/a/b") before it
 * is read. NULL and -1 with the error pending. */
struct source *source_mounted(struct eval *ev, struct source *below);
int source_mount(struct eval *ev, struct source *source, const char *path,
		 struct source *inner);

/* Is path one of the allowed ones, below one, or (*above) on the way to one? */
bool source_allowed(struct eval *ev, const char *path, bool *above);

extern const struct source_ops source_root_ops;

#endif
