/*
 * source.h - trees of files that evaluation reads
 *
 * A path value is a source and a path in it (value.h, struct path). A source is
 * the machine's own file system ("/"), a folder, a git working tree seen as Nix
 * sees it (tracked files only), a git revision read from the object database,
 * or an overlay: another source with some files replaced in memory.
 *
 * All reading goes through here and is recorded (trace), so that the cache can
 * tell when a value must be computed again.
 *
 * A source other than "/" is shown to Nix code under /nix/store:
 * prefix + path in it. The store path's hash is known only when the tree has
 * been hashed, which may be dear; until it is asked for, prefix holds a
 * stand-in of the same length, "/nix/store/" + 32 characters that are not a
 * hash (they begin with "eu", two letters Nix's base32 lacks or cannot begin
 * with) + "-source". source_reveal() puts the real hash in place of all
 * stand-ins in a text.
 */
#ifndef EVAL_SOURCE_H
#define EVAL_SOURCE_H

#include <sys/types.h>

#include "eval/value.h"

enum source_type {
	SOURCE_MISSING,
	SOURCE_REGULAR,
	SOURCE_DIRECTORY,
	SOURCE_SYMLINK,
	SOURCE_UNKNOWN, /* devices, sockets, ...: "unknown" in readDir */
};

struct source_stat {
	enum source_type type;
	bool executable;
	uint64_t size; /* of a regular file */
};

struct source_entry {
	const char *name;
	enum source_type type;
};

struct source_ops;

struct source {
	const struct source_ops *ops; /* how this kind reads; source.c */
	uint32_t id;
	const char *prefix; /* text before a path in it: "" for "/" */
	size_t prefix_len;
	const char *label; /* for users: "/home/me/repo", "git+file:..." */
	char *real_prefix; /* the real store path, once it is known */
	void *private;
};

/* The machine's file system. Always the same source. */
struct source *source_root(struct eval *ev);
/* A folder on disk as a tree of its own (path: inputs). */
struct source *source_folder(struct eval *ev, const char *folder);

/*
 * path: canonical in the source ("/a/b"), NUL-terminated. No symbolic link is
 * followed in the last step; a link in between is the caller's to resolve
 * (source_resolve). Return 0 or -errno; a missing file is 0 with
 * SOURCE_MISSING for stat, -ENOENT for the others.
 */
int source_stat(struct eval *ev, struct source *source, const char *path,
		struct source_stat *out);
/* The bytes (NUL after them, not counted); they stay as long as the process. */
int source_read(struct eval *ev, struct source *source, const char *path,
		const char **bytes, size_t *len);
/* Entries in no order; *entries in ev's arena. */
int source_list(struct eval *ev, struct source *source, const char *path,
		struct source_entry **entries, size_t *len);
int source_readlink(struct eval *ev, struct source *source, const char *path,
		    char *buffer, size_t room);

/*
 * Follow the symbolic links in path (in all of its steps, the last too if
 * follow_last). Returns a path in ev's arena, or NULL with the error pending
 * (too many links, or out of the tree).
 */
struct path *source_resolve(struct eval *ev, struct path *path,
			    bool follow_last);

/*
 * The path that absolute text ("/nix/store/...-source/a", "/etc") means: in a
 * source whose prefix it begins with, else in "/". NULL when out of memory.
 */
struct path *source_path(struct eval *ev, const char *text, size_t len);

/* The text of a path: prefix and path, NUL-terminated, in ev's arena. */
const char *source_text(struct eval *ev, const struct path *path);

/* Does this text hold a stand-in? And the text with the real store paths
 * (itself if none; else in ev's arena; NULL with the error pending). */
bool source_has_stand_in(const char *bytes, size_t len);
const char *source_reveal(struct eval *ev, const char *bytes, size_t len);

#endif
