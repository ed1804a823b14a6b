/*
 * seen.h - what paths are, and since when
 *
 * A set of paths that somebody wants to know about. Each is watched by inotify,
 * and looked at when that is asked for; a file's content is hashed anew only
 * when its status has changed. Times are CLOCK_REALTIME in ns, as the file
 * system's. Not thread-safe.
 */
#ifndef FS_SEEN_H
#define FS_SEEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <xxhash.h>

#define SLACK INT64_C(5000000) /* ns: the file system's clock ticks */

/* A path, and what it was when it was looked at last. */
struct seen {
	struct seen *next;   /* of the same hash */
	uint64_t look;	     /* number of the last look at it */
	int64_t since;	     /* it is of that type since then, or longer */
	int64_t names_since; /* the same of the names in it */
	struct timespec ctime;
	ino_t ino;
	off_t size;
	mode_t type;	     /* S_IFMT; 0: missing */
	unsigned wondered;   /* how often its content differed without cause */
	bool watched;	     /* its folder is */
	bool hashed, listed; /* content, names are known */
	XXH128_canonical_t content;
	uint64_t names;
	char path[]; /* absolute */
};

struct seen_set {
	int inotify; /* -1: there is none, somebody must look in time */
	struct seen **table;
	size_t mask, len;
	uint64_t look;	/* number of the look going on */
	char **folders; /* by watch descriptor; NULL: none */
	size_t folders_len;
};

static inline int64_t seen_ns(struct timespec t)
{
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int seen_init(struct seen_set *set);
void seen_release(struct seen_set *set);

/* From now on what is known of the paths must be looked at again. */
void seen_begin_look(struct seen_set *set);
/* The path as it is in this look; NULL when out of memory. */
struct seen *seen_look(struct seen_set *set, const char *path);

/* Is the file's content another than this hash, which was read by what started
 * then? */
bool seen_content_differs(struct seen *seen, const char *content,
			  int64_t started);
/* Have names of this folder come or gone since then? */
bool seen_names_differ(struct seen *seen, int64_t started);

/* Have events of a folder of git's, all of whose files matter. */
void seen_watch_git(struct seen_set *set, const char *path);
/* Read the events there are. True if one is about a path in the set. */
bool seen_drain(struct seen_set *set);

#endif
