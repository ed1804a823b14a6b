/*
 * trace.h - what an evaluation has read
 *
 * Every path that a source was asked for is noted once, with what was learnt of
 * it, and every environment variable. A value stays right as long as all of
 * that would be read again in the same way.
 *
 * The trace only grows. Of two values evaluated one after the other, the
 * second's trace holds the first's too: more than it needs, never less.
 */
#ifndef EVAL_TRACE_H
#define EVAL_TRACE_H

#include "eval/source.h"

enum trace_kind {
	TRACE_STAT = 1,	   /* that it exists or not, its type */
	TRACE_CONTENT = 2, /* the bytes of a file */
	TRACE_LISTING = 4, /* names and types in a folder */
	TRACE_LINK = 8,	   /* where a link points */
};

struct trace_item {
	struct source *source;
	const char *path;
	unsigned kinds;	       /* enum trace_kind, or'ed */
	bool imported;	       /* as a Nix expression, not only its bytes */
	struct source_stat st; /* as it was */
	bool has_blob;	       /* of TRACE_CONTENT: the git blob is known */
	uint8_t blob[20];
	uint8_t content[16]; /* XXH3-128 of bytes, listing or target */
};

struct trace_variable {
	struct trace_variable *next;
	const char *name;
	const char *value; /* NULL: was not set */
};

/* Call visit for each path until it returns other than 0; gives that. Only
 * those of source, unless NULL. */
int trace_each(struct eval *ev, const struct source *source,
	       int (*visit)(void *arg, const struct trace_item *item),
	       void *arg);

/* The file at a resolved path is imported. */
void trace_imported(struct eval *ev, struct path *path);

/* getenv() that is noted. */
const char *trace_getenv(struct eval *ev, const char *name);
const struct trace_variable *trace_variables(struct eval *ev);

/* The same for what was learnt since the last call. */
int trace_news(struct eval *ev,
	       int (*visit)(void *arg, const struct trace_item *item),
	       void *arg);

/* What was evaluated depends on what is not in the trace (the time, an answer
 * from the network, a disk that failed): it may be another at once. */
void trace_passing(struct eval *ev);
bool trace_is_passing(const struct eval *ev);

/* The name of a work tree's state: "<commit>", "<commit>-dirty". */
#define TRACE_WORK_TREE "*"

/* A git reference was looked up: name meant this commit. */
struct trace_commit {
	struct trace_commit *next;
	const char *folder, *name, *id;
};

void trace_resolved(struct eval *ev, const char *folder, const char *name,
		    const char *id);
const struct trace_commit *trace_commits(const struct eval *ev);

/* A name was followed to where it is, all links in it resolved. */
struct trace_place {
	struct trace_place *next;
	const char *name, *real;
};

void trace_placed(struct eval *ev, const char *name, const char *real);
const struct trace_place *trace_places(const struct eval *ev);

/* How many paths there are: unchanged, nothing new was read. */
size_t trace_len(struct eval *ev);

#endif
