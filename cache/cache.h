/*
 * cache.h - answers that outlive the process that gave them
 *
 * A site is what one worker answers for: a host of a repository, evaluated in
 * one way. An answer that was given in one epoch of a site (fs/worker.h) is
 * given again, in this process or another, as long as everything that the
 * worker had read by then would be read again in the same way (facts.h).
 *
 *     cache_find() --epoch is new--> which scope of the site holds? --> records
 *     cache_put()  --queue--> thread: what was read is new? --> records
 *
 * Nothing here knows what an answer means. No function but those that are said
 * to waits for the disk to write; all may be called from any thread.
 */
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache/facts.h"
#include "eval/buf.h"

#define CACHE_SIZE (UINT64_C(1) << 30) /* unless said otherwise */

struct cache;
struct cache_site;

/*
 * folder: where the file is; limit: bytes. Returns 0 or -errno: there is no
 * cache then, which harms nobody.
 */
int cache_open(const char *folder, uint64_t limit, struct cache **out);
/* Writes what is in the queue. Nobody may use its sites any more. */
void cache_free(struct cache *cache);

/* $XDG_CACHE_HOME/flakefs or ~/.cache/flakefs, to be freed; NULL if neither is
 * known. */
char *cache_folder(void);

/* Everything that decides what is answered, other than what is read: name must
 * differ if any of it does. The site belongs to the cache; NULL when out of
 * memory. */
struct cache_site *cache_site(struct cache *cache, const void *name,
			      size_t len);

/*
 * The answer to a question, if it is known in this epoch. The first question of
 * an epoch waits for a look at all files that earlier answers depend on; *more
 * says that it has just been found that some hold, or more of them: what is
 * depended on must be asked for again. The caller releases body.
 */
bool cache_find(struct cache_site *site, uint64_t epoch, uint16_t op,
		const void *question, size_t len, int *err, struct buf *body,
		bool *more);

/* Answers on their way to the disk; released by cache_put(). */
struct cache_batch {
	struct buf bytes;
	size_t count;
};

void cache_batch_add(struct cache_batch *batch, uint16_t op,
		     const void *question, size_t question_len, int err,
		     const void *answer, size_t len);
void cache_batch_release(struct cache_batch *batch);

/*
 * Keep a batch that was answered in an epoch by a worker's process, and what
 * the process told since the last batch (a TRACE body). process: a number that
 * differs from that of earlier processes of the same site. Takes the batch,
 * and told's bytes.
 */
void cache_put(struct cache_site *site, uint64_t epoch, uint64_t process,
	       struct cache_batch *batch, struct buf *told);

/*
 * What answers from earlier processes depend on in this epoch: as READS, but
 * without the count. Returns 0, -ESRCH if there are none, or another -errno if
 * it can't be told.
 */
int cache_reads(struct cache_site *site, uint64_t epoch, const char *repository,
		struct buf *out, uint32_t *count);

/* Wait until everything put so far is on disk. */
void cache_flush(struct cache *cache);

struct cache_stats {
	uint64_t hits, misses;
	uint64_t checks, check_ns; /* of sites, in all */
	uint64_t invalid[FACTS_REASONS];
	uint64_t written, dropped; /* answers */
	uint64_t records, scopes, bytes, replaced;
};

void cache_stats(struct cache *cache, struct cache_stats *stats);

/* Delete all that is in the folder's file. Returns 0 or -errno. */
int cache_clear(const char *folder);

#endif
