/*
 * facts.h - what an evaluation has read, and whether it would again
 *
 * A worker tells it (eval/wire.h, TRACE); what it told that is new is written
 * down as a part, together with the status of each file as far as that is
 * known to belong to the content that was read. A part:
 *
 *     u8    1 (its format)
 *     list  of roots: u8 1 if seen through git, text folder
 *     list  of paths: u32 root, u8 enum wire_seen, u8 enum wire_type, text
 *           path, text content, u8 1 if a status follows:
 *           u64 size, ino, dev, mtime, ctime
 *     list  of variables: text name, u8 is set, text value
 *     list  of commits: text folder, text name, text id
 *     list  of links: text path, text where it is
 *
 * An answer is right as long as all parts hold that were written by then.
 */
#ifndef CACHE_FACTS_H
#define CACHE_FACTS_H

#include "cache/tracked.h"
#include "eval/buf.h"

/* Why a part does not hold. */
enum facts_reason {
	FACTS_HOLD,
	FACTS_CONTENT,	   /* of a file, or where a link points */
	FACTS_ENTRIES,	   /* of a folder */
	FACTS_TYPE,	   /* something is there, not there, another thing */
	FACTS_ENVIRONMENT, /* a variable */
	FACTS_COMMIT,	   /* of a git repository */
	FACTS_MALFORMED,   /* the part */
	FACTS_REASONS,
};

/* Would everything be read again in the same way? */
enum facts_reason facts_check(struct tracked_cache *tracked, const void *part,
			      size_t len);

/* The parts of one scope, to tell what is new. */
struct facts_known {
	struct fact **buckets;
	size_t len, mask;
};

void facts_known_release(struct facts_known *known);

/* Take in a part. Returns 0, -EPROTO or -ENOMEM, or -ESTALE if it contradicts
 * what is known. */
int facts_add_part(struct facts_known *known, const void *part, size_t len);

/*
 * Take in what a worker told (a TRACE body) and add to part what of it is new;
 * nothing, if nothing is. Looks at the files for their status. Returns as
 * above, and -EPERM if nothing may be kept.
 */
int facts_add_told(struct facts_known *known, struct tracked_cache *tracked,
		   const void *told, size_t len, struct buf *part);

/* Add the part's files as a list of struct wire_read, without the count, for
 * who watches them. Paths in repository are made relative. */
int facts_reads(const void *part, size_t len, const char *repository,
		struct buf *out, uint32_t *count);

#endif
