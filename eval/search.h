/*
 * search.h - <name>: looking files up in the search path
 */
#ifndef EVAL_SEARCH_H
#define EVAL_SEARCH_H

#include <stddef.h>

#include "eval/value.h"

/* An entry: paths that begin with prefix are searched for in folder. */
struct search_entry {
	const char *prefix;
	const char *folder; /* a path, or what looks like a URL */
};

/*
 * Where the first entry that has it has the file. Entries that are no folder,
 * or would have to be fetched, are passed over with a warning. 0 with the
 * error pending.
 */
value search_find(struct eval *ev, const struct search_entry *entries,
		  size_t len, const char *name);

/* builtins.nixPath. */
value search_path_value(struct eval *ev);

#endif
