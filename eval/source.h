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
 * hash (24 letters that Nix's base 32 lacks and the source's number) +
 * "-source". source_reveal() puts the real hash in place of all
 * stand-ins in a text.
 */
#ifndef EVAL_SOURCE_H
#define EVAL_SOURCE_H

#include <sys/types.h>

#include "eval/hash.h"
#include "eval/value.h"

struct nar_source;

enum source_type {
	SOURCE_MISSING,
	SOURCE_REGULAR,
	SOURCE_DIRECTORY,
	SOURCE_SYMLINK,
	SOURCE_UNKNOWN, /* devices, sockets, ...: "unknown" in readDir */
};

/* Tells a file on disk from what it was, and from another one in its place:
 * inode 0 if that can't be told. */
struct source_mark {
	uint64_t device, inode;
	int64_t changed, modified; /* ns since 1970 */
};

struct source_stat {
	enum source_type type;
	bool executable;
	uint64_t size; /* of a regular file */
	struct source_mark mark;
};

struct source_entry {
	const char *name;
	enum source_type type;
};

/* "regular", ... as readDir has it; what is missing is "unknown". */
const char *source_type_name(enum source_type type);

struct source_ops;

struct source {
	const struct source_ops *ops; /* how this kind reads; source.c */
	uint32_t id;
	const char *prefix; /* text before a path in it: "" for "/" */
	size_t prefix_len;
	const char *label;    /* for users: "/home/me/repo", "git+file:..." */
	const char *folder;   /* where its files are on disk and can change
				 under it ("" of "/"); NULL: fixed */
	char *real_prefix;    /* the real store path, once it is known */
	struct hash nar_hash; /* source_store_path() has found it out */
	/* What its content can't change without: hashes of it are kept on disk
	 * under this name. NULL: nothing known. */
	const char *identity;
	/* If not NULL, what the hash must be: "sha256-...", and for which
	 * input, in the message if it is another. */
	const char *expected_hash, *expected_for;
	void *private;
};

/* The machine's file system. Always the same source. */
struct source *source_root(struct eval *ev);
/* A folder on disk as a tree of its own (path: inputs). NULL, with the error
 * pending, if it is none. */
struct source *source_folder(struct eval *ev, const char *folder);
/* Is it "/", or made by source_folder()? */
bool source_is_plain(const struct source *source);
/* "/" for our own reading (registries, ...), whatever the evaluated code may
 * read. Paths must be free of links. */
struct source *source_machine(struct eval *ev);

/*
 * Another source with some of its files replaced, and others added. Put them
 * before the first read. bytes stay the caller's and must stay; NULL takes the
 * file away. path is canonical, "/a/b".
 */
struct source *source_overlay(struct eval *ev, struct source *below);
int source_overlay_put(struct eval *ev, struct source *source, const char *path,
		       const char *bytes, size_t len, bool executable);

/*
 * The file shall have these bytes from now on, in this evaluation alone. Before
 * the first read of it. path is canonical; bytes stay the caller's and must
 * stay. -1 when memory ran out.
 */
int source_replace(struct eval *ev, struct source *source, const char *path,
		   const char *bytes, size_t len);

/* The tree has this store path ("/nix/store/<hash>-source"), without being
 * hashed: call it before any path of the source has been shown. -1 if memory
 * ran out. */
int source_set_store_path(struct eval *ev, struct source *source,
			  const char *store_path);
/* Its store path will end in this name, not "source"; as above. */
int source_set_name(struct eval *ev, struct source *source, const char *name);
/* Its real store path, which may take hashing all of it. NULL with the error
 * pending. */
const char *source_store_path(struct eval *ev, struct source *source);
/* Which entries of folders to keep. keep() gives 1, 0, or -1; path is the one
 * in the source, and only valid during the call. */
struct source_filter {
	int (*keep)(void *ctx, const char *path, enum source_type type,
		    struct buf *err);
	void *ctx;
};

/* Write the NAR of a file or folder: nar_write(). */
int source_nar_write(struct eval *ev, struct source *source, const char *path,
		     int (*write)(void *arg, const void *bytes, size_t n),
		     void *arg, struct buf *err);

/*
 * The hash of the NAR of a file or folder, of which filter (NULL: all) says
 * what belongs to it. Reads without keeping the bytes. -1 with the message in
 * err.
 */
int source_nar_hash(struct eval *ev, struct source *source, const char *path,
		    const struct source_filter *filter, struct hash *hash,
		    struct buf *err);
/* The source whose root the text is (stand-in or real), NULL if none. */
struct source *source_of_store_path(struct eval *ev, const char *text,
				    size_t len);

/* Close what sources have opened, and release what is not in ev's arena: to be
 * called where ev ends before the process. */
void source_release(struct eval *ev);

/*
 * In pure evaluation "/" has no files but those below paths allowed here (and
 * the folders on the way to them).
 */
int source_allow(struct eval *ev, const char *path);

/*
 * path: canonical in the source ("/a/b"), NUL-terminated. No symbolic link is
 * followed in the last step; a link in between is the caller's to resolve
 * (source_resolve). Return 0 or -errno; a missing file is 0 with
 * SOURCE_MISSING for stat, -ENOENT for the others.
 */
int source_stat(struct eval *ev, struct source *source, const char *path,
		struct source_stat *out);
/* The bytes (NUL after them, not counted); they stay as long as ev. */
int source_read(struct eval *ev, struct source *source, const char *path,
		const char **bytes, size_t *len);
/* Entries in no order; *entries in ev's arena. */
int source_list(struct eval *ev, struct source *source, const char *path,
		struct source_entry **entries, size_t *len);
int source_readlink(struct eval *ev, struct source *source, const char *path,
		    char *buffer, size_t room);

/*
 * Fail as Nix does when source_read(), _list(), _readlink() or _stat() of path
 * returned err (-ENOENT: it does not exist, is not tracked by git, or is
 * forbidden in pure evaluation). Returns 0.
 */
value source_fail(struct eval *ev, pos_t pos, struct source *source,
		  const char *path, int err);

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

/*
 * base + "/" + text, made canonical: "." and ".." are taken out as text. Steps
 * above the root of base's source end in "/", the machine's file system.
 */
struct path *source_join(struct eval *ev, const struct path *base,
			 const char *text, size_t len);

/* The text of a path: prefix and path, NUL-terminated, in ev's arena. */
const char *source_text(struct eval *ev, const struct path *path);

/* The path as messages show it: where the file really is, or
 * "«github:...»/a". In ev's arena; NULL with the error pending. */
const char *source_show(struct eval *ev, const struct path *path);

/*
 * Does this text hold a stand-in? Would a piece of it, from start to before
 * end, hold only a part of one (then reveal before cutting)? And the text with
 * the real store paths: itself if there is no stand-in, else as long as it and
 * in ev's arena; NULL with the error pending.
 */
#define SOURCE_STAND_IN "euoteuoteuoteuoteuoteuot"
#define SOURCE_STAND_IN_MARK (sizeof(SOURCE_STAND_IN) - 1)
#define SOURCE_STAND_IN_LEN (SOURCE_STAND_IN_MARK + 8)
bool source_has_stand_in(const char *bytes, size_t len);
bool source_cuts_stand_in(const char *bytes, size_t len, size_t start,
			  size_t end);
const char *source_reveal(struct eval *ev, const char *bytes, size_t len);
/* Compare two texts as if they were revealed, as memcmp() does, then by
 * length: *order is below, at or above 0. -1 with the error pending. */
int source_compare(struct eval *ev, const char *a, size_t a_len, const char *b,
		   size_t b_len, int *order);

/* Are two texts of one length equal? 1, 0 or -1 with the error pending. Trees
 * are not hashed for texts that differ beside what stands for hashes. */
int source_equal(struct eval *ev, const char *a, const char *b, size_t len);

/*
 * The order of two texts for who only wants to find equal ones: some order, the
 * same for all texts. Store paths are ordered by what follows their hashes
 * first, so that trees are not hashed for paths that differ in that. 0, or -1
 * with the error pending.
 */
int source_order(struct eval *ev, const char *a, size_t a_len, const char *b,
		 size_t b_len, int *order);

#endif
