/*
 * look.h - what is at a path of the disk, and whether it is what it was
 *
 * A file is read only if its status is not the one that it had when it was read
 * last. A status can be trusted for that only if the file had been left alone
 * for a while then: what is written within one tick of the file system's clock
 * after a look has the same times as before.
 */
#ifndef CACHE_LOOK_H
#define CACHE_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/wire.h"

/* What changes with each change of a file. ctime 0: not to be trusted. */
struct look_status {
	uint64_t size, ino, dev;
	int64_t mtime, ctime; /* ns since 1970 */
};

struct look_content {
	uint8_t bytes[WIRE_CONTENT_SIZE]; /* as TRACE has it */
};

/* enum wire_type of what is there, no link followed; what can't be told is
 * missing. With its status, as far as it is to be trusted. */
uint8_t look_type(const char *path, struct look_status *status);

bool look_same(const struct look_status *a, const struct look_status *b);

/*
 * The content of a file, folder or link, and the status that it had while it
 * was read. Returns 0 or -errno.
 */
int look_file(const char *path, struct look_content *content,
	      struct look_status *status);
int look_target(const char *path, struct look_content *content);

/*
 * The entries of a folder. type, where given, says what an entry is to be
 * taken for: WIRE_TYPE_MISSING leaves it out.
 */
int look_entries(const char *path, uint8_t (*type)(void *arg, const char *name),
		 void *arg, struct look_content *content,
		 struct look_status *status);

#endif
