/*
 * nar.h - the Nix archive of a tree of files, as a stream of bytes
 *
 *     nar       = str("nix-archive-1") node
 *     node      = str("(") str("type") contents str(")")
 *     contents  = str("regular") [str("executable") str("")]
 *                     str("contents") str(<bytes>)
 *               | str("symlink") str("target") str(<target>)
 *               | str("directory") entry*, by name, bytewise ascending
 *     entry     = str("entry") str("(") str("name") str(<name>)
 *                     str("node") node str(")")
 *     str(s)    = length of s (64 bits, little-endian), s, NULs up to the
 *                 next multiple of 8
 *
 * Only what is written there counts: no times, no owners, one execute bit. The
 * hash of these bytes names source trees (narHash, store paths).
 */
#ifndef EVAL_NAR_H
#define EVAL_NAR_H

#include "eval/hash.h"

/* As Nix: folders this deep, the root being 0, are refused. */
#define NAR_DEPTH_MAX 64

enum nar_kind {
	NAR_UNKNOWN, /* a device, a socket, ...: refused */
	NAR_REGULAR,
	NAR_DIRECTORY,
	NAR_SYMLINK,
};

struct nar_node {
	enum nar_kind kind;
	bool executable;
};

struct nar_writer; /* the archive being written */
struct nar_dir;	   /* a folder being listed */

/*
 * A tree to read. Paths are relative to its root, which is "", and look like
 * "a/b". Each function returns 0, or -1 when it has put a message in err.
 */
struct nar_source {
	int (*stat)(void *ctx, const char *path, struct nar_node *node,
		    struct buf *err);
	/* Call nar_file_begin() once, then nar_file_add() with all bytes. */
	int (*read)(void *ctx, const char *path, struct nar_writer *out,
		    struct buf *err);
	/* Call nar_dir_add() for each entry, in any order. */
	int (*list)(void *ctx, const char *path, struct nar_dir *out,
		    struct buf *err);
	/* Add the target to target. */
	int (*readlink)(void *ctx, const char *path, struct buf *target,
			struct buf *err);
	/*
	 * 1 to keep an entry, 0 to leave it out, -1. NULL keeps all. Asked
	 * for each entry of a folder, not for the root, and before what is
	 * below it; node is what stat() says.
	 */
	int (*filter)(void *ctx, const char *path, const struct nar_node *node,
		      struct buf *err);
	/* The path as messages show it; NULL shows it with "/" in front. */
	const char *(*show)(void *ctx, const char *path);
	void *ctx;
};

/* node: what stat() would say, or NULL if that is not known yet. */
void nar_dir_add(struct nar_dir *dir, const char *name, size_t len,
		 const struct nar_node *node);

/* The file's size, which what is added must come to; else writing fails. */
void nar_file_begin(struct nar_writer *out, uint64_t size);
int nar_file_add(struct nar_writer *out, const void *bytes, size_t n);

/*
 * Write the archive of a tree, in pieces of up to 64 KiB, to write(), which
 * returns 0, or -1 to stop. Returns 0, or -1 with the message in err.
 */
int nar_write(const struct nar_source *source,
	      int (*write)(void *arg, const void *bytes, size_t n), void *arg,
	      struct buf *err);

/* The archive's hash and, unless size is NULL, its length in bytes. */
int nar_hash(const struct nar_source *source, enum hash_type type,
	     struct hash *hash, uint64_t *size, struct buf *err);

/* The hash of the archive that is this one regular file. */
void nar_hash_file(enum hash_type type, const void *bytes, size_t n,
		   bool executable, struct hash *hash);

#endif
