/*
 * tracked.h - what git says of a working tree: names, commits, cleanness
 *
 * The names in an index are kept until the index file changes. Safe to use
 * from several threads.
 */
#ifndef CACHE_TRACKED_H
#define CACHE_TRACKED_H

#include <stddef.h>
#include <stdint.h>

#include "cache/look.h"

struct tracked_cache; /* of several repositories */

struct tracked_cache *tracked_cache_new(void);
void tracked_cache_free(struct tracked_cache *cache);

/*
 * The names that the index of the working tree at folder has now. NULL if that
 * can't be told. Given back with tracked_put().
 */
struct tracked *tracked_get(struct tracked_cache *cache, const char *folder);
void tracked_put(struct tracked *tracked);

/*
 * enum wire_type of path ("/a/b") in the tree as it is seen through git: a file
 * is there if it is tracked and on disk, a folder if any such file is in it.
 */
uint8_t tracked_type(const struct tracked *tracked, const char *path,
		     struct look_status *status);
int tracked_entries(const struct tracked *tracked, const char *path,
		    struct look_content *content);

/*
 * The commit that name means in the repository at folder, in hex; name "*": the
 * commit of the working tree, with "-dirty" behind it if a tracked file differs
 * from it. Returns 0 or -errno.
 */
#define TRACKED_ID_SIZE 48
int tracked_commit(const char *folder, const char *name,
		   char id[TRACKED_ID_SIZE]);

#endif
