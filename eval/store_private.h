/*
 * store_private.h - what store.c and store_object.c share
 */
#ifndef EVAL_STORE_PRIVATE_H
#define EVAL_STORE_PRIVATE_H

#include "eval/source.h"
#include "eval/store.h"

/* Something that was added to the store, in memory only. */
struct store_object {
	symbol path; /* its store path */
	/* A tree: where it was taken from, and what a filter left out (paths
	 * in the object, sorted). NULL: a text. */
	struct path *origin;
	const char **excluded;
	size_t nexcluded;
	/* A text, and what it refers to. */
	const char *bytes;
	size_t len;
	const struct context *references;
	/* A derivation: what it was made from; the text is made from that
	 * again when it is asked for. */
	struct attrs *derivation;

	struct source *source; /* that reads it; NULL: nobody has asked */
};

/* What is read at a store path that was added, or is a tree's; references is
 * set if it has some. NULL if there is none. */
struct source *store_source(struct eval *ev, const char *path, size_t len,
			    const struct context **references);

/* Make the object readable under its store path. */
int store_object_mount(struct eval *ev, struct store_object *object);

/* The object that source reads, NULL if it is no such source. */
struct store_object *store_object_of(const struct source *source);

#endif
