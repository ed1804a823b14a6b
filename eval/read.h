/*
 * read.h - the files that builtins name and read
 */
#ifndef EVAL_READ_H
#define EVAL_READ_H

#include <stddef.h>

#include "eval/value.h"

enum read_links {
	READ_LINKS_NOT,	  /* the path as it is */
	READ_LINKS_ABOVE, /* follow links, but for the last step */
	READ_LINKS_ALL,
};

/* The path that an argument stands for; what its context names must be in the
 * store. NULL with the error pending. */
struct path *read_path(struct eval *ev, value *slot, enum read_links links);

/*
 * The path of an argument that is not going to be read at once. pos and message
 * are for the frame of what goes wrong. Its context is
 * united with *context; what it names must be in the store only if realise
 * and the path itself is there.
 */
struct path *read_coerce(struct eval *ev, value *slot, pos_t pos,
			 const char *message, bool realise,
			 const struct context **context);

/* The bytes of the file at a resolved path, as source_read(); -1 with the
 * error pending. */
int read_file(struct eval *ev, const struct path *path, const char **bytes,
	      size_t *len);

#endif
