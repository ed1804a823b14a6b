/*
 * keep.h - what of a worker's answers goes to the cache, under which name
 */
#ifndef FS_KEEP_H
#define FS_KEEP_H

#include <stdbool.h>

#include "cache/cache.h"
#include "eval/wire.h"

/* A worker's site, for what it is told when it is started; NULL if nothing that
 * it says can be kept. */
struct cache_site *keep_site(struct cache *cache,
			     const struct wire_start *start);

/* May an answer to this be asked of the cache? */
bool keep_asks(const struct cache_site *site, enum wire_class class,
	       uint16_t op);
/* And kept? err: 0 or -errno; passing: a failure that may be over by now. */
bool keep_takes(const struct cache_site *site, enum wire_class class,
		uint16_t op, int err, bool passing);

#endif
