/*
 * image.h - files parsed ahead, in memory that workers share
 *
 * The nursery (prepare.h) parses what earlier workers had to parse, into an
 * evaluator of its own in which nothing is ever evaluated. A worker is forked
 * with it and evaluates in that very one: it takes the bytes and the expression
 * of a file from here when it comes to read it, if the file is still the one
 * that was parsed. It is told by its struct source_mark, each time anew; then
 * all is as if the worker had read the file: the trace too.
 */
#ifndef EVAL_IMAGE_H
#define EVAL_IMAGE_H

#include "eval/eval.h"
#include "eval/source.h"

struct file;
struct image;
struct source_node;

/* A file of a tree: on "/" (folder empty) or a folder (source_folder()). */
struct image_name {
	const char *folder; /* "" or where the tree is */
	const char *label;  /* the source's, for messages */
	const char *path;   /* in the tree, canonical, without links */
};

/* In the nursery: get ready. -1 when memory ran out. */
int image_new(struct eval *ev);

/* Parse a file. One that can't be parsed, or has just changed, is left to the
 * workers: no error. -1 if no more can be added. */
int image_add(struct eval *ev, const struct image_name *name);

/* In the worker, before anything is evaluated. */
void image_use(struct eval *ev);

/* All that follows is NULL or false where there is no image.
 *
 * The source of a folder, as files that were parsed have it; to one that asks,
 * once: it is not to be shared. */
struct source *image_source(struct eval *ev, const char *folder);

/* The bytes of a regular file whose stat is known: into the node. */
bool image_read(struct eval *ev, struct source_node *node);

/* The file as it was parsed, if text is what image_read() gave. */
struct file *image_file(struct eval *ev, const struct path *path,
			const char *text);

/* How many texts there were before the worker parsed its first one. */
size_t image_files(const struct eval *ev);

#endif
