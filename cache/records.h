/*
 * records.h - answers on disk
 *
 * One SQLite file, used by any number of processes at once:
 *
 *     scope   of one site (a host of a repository, evaluated in one way): the
 *             answers that were given while the same was read
 *     part    what was read, a piece of it (facts.h); in order. A part's chain
 *             is the hash of the part and of the chain of the one before it
 *             (of the first: the scope's number)
 *     record  an answer, and the chain of the last part that it depends on
 *
 * Parts are only ever added, so that processes that write to the same scope do
 * not have to know of each other: who finds a record whose chain he has not
 * checked yet reads the parts again.
 *
 * Nothing that is read is believed: a record carries a hash of itself, of its
 * key and scope. A file that is damaged, or of another version of us, is
 * replaced by an empty one. No failure is the reader's business: what can't be
 * read is not there, and what can't be written is dropped.
 */
#ifndef CACHE_RECORDS_H
#define CACHE_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/buf.h"

#define RECORDS_FILE "cache.sqlite"
#define RECORDS_KEY 16

/* Raised when what is in the file, or in a body, means something else. */
#define RECORDS_VERSION 1

struct records_key {
	uint8_t bytes[RECORDS_KEY];
};

struct records;

/*
 * Open the file in folder, which is made if need be and must be ours alone.
 * limit: bytes. Returns 0 or -errno: -EPERM if the folder is somebody else's,
 * or a link.
 */
int records_open(const char *folder, uint64_t limit, struct records **out);
void records_close(struct records *records);

/* --- reading: any thread --- */

struct records_found {
	uint64_t chain;
	int err;	 /* 0 or -errno: the answer's */
	struct buf body; /* the caller's to release */
};

/* An answer; false if there is none. */
bool records_find(struct records *records, uint64_t scope,
		  const struct records_key *key, struct records_found *found);

/* The scopes of a site, the one that was used last first. Returns how many. */
size_t records_scopes(struct records *records, const struct records_key *site,
		      uint64_t *scopes, size_t room);

/* A place among a scope's parts: begins as { scope, scope, 0 }. */
struct records_place {
	uint64_t scope;
	uint64_t chain; /* of the part there */
	int64_t part;	/* 0: before the first */
};

/*
 * Go to the next part; the caller releases it. Returns 1, 0 after the last (or
 * if there is no such scope), or -errno; -EBADMSG: the next is not what it was.
 */
int records_next(struct records *records, struct records_place *place,
		 struct buf *part);

/* --- writing: these may wait for the disk --- */

struct records_answer {
	struct records_key key;
	int err;
	const void *body;
	size_t len;
};

/*
 * Add a part (none if part_len is 0) and answers to a scope, all or nothing.
 * *scope 0, or gone meanwhile: -ESTALE, unless fresh is set: then a scope is
 * made. *chain becomes that of the last part. Returns 0 or -errno.
 */
int records_add(struct records *records, const struct records_key *site,
		uint64_t *scope, bool fresh, const void *part, size_t part_len,
		const struct records_answer *answers, size_t count,
		uint64_t *chain);

/* It was of use just now. */
void records_used(struct records *records, uint64_t scope);

/* Make room if there is too much; do what failed to be done. Now and then. */
void records_tidy(struct records *records);

/* Forget everything. Returns 0 or -errno. */
int records_clear(struct records *records);

struct records_stats {
	uint64_t records, scopes, bytes;
	uint64_t replaced; /* files that were damaged */
};

void records_stats(struct records *records, struct records_stats *stats);

#endif
